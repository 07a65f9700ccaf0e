// Subscriber: a connection that may follow a stream's log with a cursor. Output order (design 2.1): the rest of the
// entry in flight, then private bytes, then the log; private bytes never split an entry. Lifetime: as its connection;
// in an audience from Subscribe to Unsubscribe. Thread rule: its shard's thread.
#ifndef WEIR_LIVE_SUBSCRIBER_H_
#define WEIR_LIVE_SUBSCRIBER_H_

#include <memory>

#include "live/audience.h"
#include "live/connection.h"
#include "log/cursor.h"
#include "log/entry.h"

namespace weir {

class Stream;

class Subscriber : public Connection {
 public:
  using Connection::Connection;

  Audience* audience() { return audience_; }
  // A copy for another server, no player.
  virtual bool is_relay() const { return false; }
  // Sends what there is, within a quota, and puts itself where it belongs (ready, blocked, hungry, closed).
  void Flush();
  // Skips if it lags, closes if it is dead. `floor`: the log may not be held before this offset.
  void CheckLag(Millis now, uint64_t floor);
  // It took bytes, or had nothing to take, or send_timeout is another one: it begins anew.
  void Progress();

 protected:
  // Follows the stream from its newest key frame, or from now on; the prelude comes with the first entry.
  void Subscribe(Audience& audience, SegmentHolder::Where where);
  void Unsubscribe();
  // OnEnd when all that the log has is sent.
  void EndAtTail();
  void Pause(bool paused);
  // Which tracks are sent. A track that comes back comes with a new prelude, video with its next key frame.
  void Want(Track track, bool wanted);
  // Private bytes: `write` appends them to the buffer that it gets. They go behind the entry in flight.
  template <class Write>
  void Speak(Write write) {
    Buffer& reply = BeginReply();
    write(reply);
    EndReply(reply);
  }
  // For the last words: what is missing of the entry in flight goes into the outbox. False if that is too much.
  bool FinishEntryPrivately();

  void WriteOutput() override { Flush(); }
  uint64_t RateBytes() const override { return bytes_out(); }
  bool FindRole(ConnectionRole& role) const override;
  bool Collect(ConnectionStats& stats, Millis now) const override;

  // Everything that this reader needs before `entry`, as private bytes. The stream's headers hold for that entry.
  virtual void WritePrelude(const Entry& entry) = 0;
  // For readers that asked for so much media only: the stream time at which it is enough, and what to do then. `first`
  // is the entry that the reader goes on with.
  bool has_end() const { return has_end_; }
  void set_has_end(bool has_end) { has_end_ = has_end; }
  virtual int64_t EndsAt(const Entry& first) = 0;
  virtual void OnEnd() = 0;
  bool wants(Track track) const { return (unwanted_ & (1 << track)) == 0; }

 private:
  Buffer& BeginReply();
  void EndReply(ByteView reply);
  void GuardEntry();

  // What one flush may send: others wait.
  static constexpr size_t kQuota = 256 << 10;

  enum class Step : uint8_t { kGoOn, kCaughtUp, kBlocked, kHungry, kClosed };

  Step FlushStep(size_t& quota);
  // At a place where it may not simply read on.
  void HandleStop();
  // Where the next rebase is, that this reader must not run over. False if the cursor has left its place.
  bool FindNextStop();
  bool ReachedEnd();
  Step SendRange(uint64_t end, size_t& quota);
  Step SendFiltered(uint64_t end, size_t& quota);
  size_t GatherWanted(uint64_t end, uint8_t* out, size_t size, uint64_t& gathered_to);
  uint64_t OffsetAfter(size_t sent, uint64_t gathered_to) const;
  void Moved(size_t bytes);
  // The end of the entry that the cursor is inside of; the cursor's own place between two entries.
  uint64_t EntryEnd() const;
  void SkipAhead();
  void Jump();
  Millis Lag() const;
  uint64_t Ordinal() const;

  Audience* audience_ = nullptr;
  Cursor cursor_;
  uint64_t frames_from_ = 0;  // ordinal of the first entry, raised by what was skipped; while paused: frames so far
  uint32_t skips_ = 0;
  uint8_t unwanted_ = 0;        // bit by track
  uint8_t returns_at_key_ = 0;  // video is wanted again from the next key frame on
  bool needs_prelude_ = false;
  bool holds_outbox_ = false;  // until the cursor reaches its stop
  bool jumps_at_stop_ = false;
  bool pauses_at_stop_ = false;
  bool paused_ = false;
  bool has_end_ = false;
  bool ends_at_tail_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_SUBSCRIBER_H_
