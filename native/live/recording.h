// Recording: a reader of a stream's log that writes files. It is a cursor as a player is one, on a thread that may wait
// for a disk; what waits for it in memory is bounded by its backlog, beyond which it leaves a gap. Where a file is to
// begin it asks for its name and goes on when it is told. Lifetime: from Start until its end was told; it keeps its
// stream. Thread rule: Step on its lane's thread; the rest on any.
#ifndef WEIR_LIVE_RECORDING_H_
#define WEIR_LIVE_RECORDING_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/counter.h"
#include "live/event.h"
#include "live/record_facts.h"
#include "live/recording_format.h"
#include "live/stream.h"
#include "log/cursor.h"
#include "log/segment_holder.h"

namespace weir {

class Recording {
 public:
  Recording(std::shared_ptr<Stream> stream, const RecordingRules& rules, EventQueue& events);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  // Before the first Step.
  void set_id(uint64_t id) { id_ = id; }
  // Where the file that was asked for goes.
  void RecordTo(std::string path);
  // What the publish has so far is written, then it ends. `at_once`: if no file is open none is begun.
  void Stop(bool at_once);
  RecordingStats Snapshot() const;

  // Writes what there is, within a quota. kMore: it came to that.
  enum class Progress : uint8_t { kMore, kNothing, kOver };
  [[nodiscard]] Progress Step();

 private:
  void TakeOrders();
  void SkipIfBehind();
  void Gap(uint64_t from);
  Progress ReadSome();
  bool Advance();
  bool Take(const Entry& entry, std::span<uint8_t> bytes);
  void EndFileBefore(const Entry& entry, MediaFrame& frame);
  bool HasVideo() const;
  bool MayBegin(const Entry& entry) const;
  void Ask();
  bool OpenFile(const Entry& entry);
  int64_t Place(const Entry& entry);
  void Write(const MediaFrame& frame);
  bool Flush();
  void CloseFile();
  void EndFile();
  void Fail(int error);
  void Tell(Event::Type type, RecordFacts facts);

  const std::shared_ptr<Stream> stream_;
  const RecordingRules rules_;
  EventQueue& events_;
  FormatLog& format_log_;
  StreamLog& log_;
  const uint64_t begin_;
  uint64_t id_ = 0;
  SegmentHolder holder_;
  Cursor cursor_;
  Buffer read_;
  std::shared_ptr<const StreamHeaders> headers_;
  bool are_headers_new_ = false;
  bool waits_for_key_;
  // The file.
  RecordFile file_;
  std::unique_ptr<RecordingFormat> format_;
  Buffer out_;
  bool has_asked_ = false;
  bool begins_anyway_ = false;  // the one before could not take this frame
  int64_t origin_ = 0;          // dts at time 0 of the file
  int64_t first_ = 0;           // in the file's time, as what follows
  int64_t newest_ = 0;
  int64_t written_ = 0;  // the newest on disk
  int64_t step_ = 0;     // between the newest two pictures, or sounds where there are none
  int64_t last_[kTracks] = {};
  uint64_t frames_ = 0;
  uint64_t files_ = 0;
  bool is_over_ = false;
  // Orders, guarded by mutex_; what of them is taken.
  mutable std::mutex mutex_;
  std::string ordered_path_;
  bool is_told_to_stop_ = false;
  bool is_told_to_stop_at_once_ = false;
  std::string path_;
  uint64_t end_ = UINT64_MAX;
  bool ends_at_once_ = false;
  // Any thread.
  std::string open_path_;  // guarded by mutex_
  Counter bytes_;
  Counter lost_;
  Counter gaps_;
  std::atomic<int64_t> millis_{0};
};

}  // namespace weir

#endif  // WEIR_LIVE_RECORDING_H_
