// Connection: a socket of a shard with private output, limits of time and counters; the base of every kind of
// connection. Lifetime: owned by its shard; Close retires it, and it is freed at the end of the turn. Thread rule: its
// shard's thread.
#ifndef WEIR_LIVE_CONNECTION_H_
#define WEIR_LIVE_CONNECTION_H_

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/reason.h"
#include "live/connection_query.h"
#include "live/decision.h"
#include "live/roles.h"
#include "live/stats.h"
#include "net/reactor.h"
#include "sys/fd.h"
#include "sys/tcp.h"

namespace weir {

class Shard;
struct Event;

class Connection : public IoHandler, public ListNode<InRole> {
 public:
  Connection(Shard& shard, UniqueFd fd, uint64_t id);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  uint64_t id() const { return id_; }
  int fd() const { return fd_.get(); }
  bool closed() const { return state_ == State::kClosed; }
  bool draining() const { return state_ == State::kDraining; }
  uint64_t bytes_in() const { return bytes_in_; }
  uint64_t bytes_out() const { return bytes_out_; }
  Millis opened_at() const { return opened_at_; }
  const PackedAddress& peer() const { return peer_; }
  std::string PeerIp() const { return Unpack(peer_).host; }
  uint16_t PeerPort() const { return peer_.port; }

  void OnIo(uint32_t events) override;
  // Goes on reading where a bounded read stopped.
  void ContinueReading() { ReadSome(); }
  // Ends at once; or when the outbox is written and the peer has seen it, or after a second.
  void Close(Reason reason);
  void CloseAfterOutput(Reason reason);
  // Answers the request that the connection waits with; false if it waits with no such one.
  virtual bool Decide(const Decision& decision) = 0;
  // What it waits for may be there.
  virtual void Wake() {}
  // Goes on writing where its share of a turn was used up.
  void ContinueWriting() {
    if (!closed() && !draining()) WriteOutput();
  }
  // Tells the peer that it is over (server stops, operator), then CloseAfterOutput.
  virtual void SayGoodbye(Reason reason) = 0;
  virtual void AskToReconnect() {}  // and is served until it goes
  // Of the stream that it publishes or plays; null without a role.
  virtual const StreamKey* key() const { return nullptr; }
  // New rules for the stream that it publishes.
  virtual void Regrant(const PublishGrant&) {}
  // Called a few times a second while the connection is not an ordinary player.
  virtual void Sweep(Millis now);
  // Bit rate samples, every 3 s.
  void SampleRate(Millis span);
  // TypeScript knows of it: it gets a `closed`, not a `turnedAway`.
  virtual bool announced() const = 0;
  // TypeScript does not know of it and has no use for such an end.
  virtual bool IsNoNews(Reason) const { return false; }
  // Of its last event.
  virtual void FillEnd(Event&) const {}
  // False if it has none.
  virtual bool FindRole(ConnectionRole&) const { return false; }
  // Fills what it has; false if it has no role.
  virtual bool Collect(ConnectionStats& stats, Millis now) const;

 protected:
  virtual void OnBytes(ByteView bytes) = 0;
  // The last call: leave streams and lists.
  virtual void OnClosing(Reason reason) = 0;
  // Its time is up.
  virtual void OnDeadline(Reason reason) { Close(reason); }
  // The socket takes bytes again, or private bytes were added.
  virtual void WriteOutput() = 0;
  // Which of the two byte counters the bit rate is of.
  virtual uint64_t RateBytes() const = 0;

  Shard& shard() { return *shard_; }
  const Shard& shard() const { return *shard_; }
  // To another shard, which calls OnMoved on its thread. The connection is in no list meanwhile.
  void MoveTo(Shard& shard);
  virtual void OnMoved() {}
  void Adopt(Shard& shard);
  // Of a socket that we connected, once it is.
  void LearnPeer() { peer_ = PeerAddress(fd_.get()); }

  void ReadSome();
  // Not reading: bytes stay in the kernel.
  void HoldInput(bool hold) { holds_input_ = hold; }
  // Private bytes for the peer.
  Buffer& outbox();
  // The same, but too many unread ones end the connection (outbox_overflow): for replies, which a peer can ask for.
  void AddPrivate(ByteView bytes);
  bool outbox_empty() const { return !outbox_ || outbox_->bytes.empty(); }
  enum class Sent : uint8_t { kAll, kBlocked, kClosed };
  // `more`: log bytes follow.
  Sent SendOutbox(bool more);
  void CountSent(size_t bytes) { bytes_out_ += bytes; }
  void SetDeadline(Millis at, Reason reason) {
    deadline_ = at;
    deadline_reason_ = reason;
  }

 private:
  friend class Shard;

  enum class State : uint8_t { kOpen, kDraining, kClosed };
  struct Outbox {
    Buffer bytes;
    size_t sent = 0;
  };

  void FinishDraining();

  Shard* shard_;
  UniqueFd fd_;
  PackedAddress peer_;
  bool hung_up_ = false;  // the peer's end is near: a short read is not the last
  State state_ = State::kOpen;
  Reason reason_ = Reason::kNone;
  Reason deadline_reason_ = Reason::kNone;
  bool holds_input_ = false;
  bool output_shut_ = false;
  uint32_t sampled_bytes_ = 0;  // the low half: what passes in 3 s fits
  uint64_t id_;
  uint64_t bytes_in_ = 0;
  uint64_t bytes_out_ = 0;
  Millis opened_at_;
  Millis deadline_ = 0;             // 0: none
  std::unique_ptr<Outbox> outbox_;  // only while there is something in it
  float rate3_ = 0;
  float rate30_ = 0;
};

}  // namespace weir

#endif  // WEIR_LIVE_CONNECTION_H_
