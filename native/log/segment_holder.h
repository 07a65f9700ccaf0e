// SegmentHolder: the segments of one log that one reactor's cursors may still send from. One reference per reactor and
// segment, not per player; within the reactor it counts the cursors on each.
// Lifetime: part of an audience, detached before it dies; the log outlives it. Thread rule: its reactor; Offer is
// called by the log's writer under the log's mutex.
#ifndef WEIR_LOG_SEGMENT_HOLDER_H_
#define WEIR_LOG_SEGMENT_HOLDER_H_

#include <atomic>
#include <memory>
#include <vector>

#include "log/cursor.h"
#include "log/stream_log.h"

namespace weir {

class SegmentHolder {
 public:
  explicit SegmentHolder(StreamLog& log) : log_(log) {}
  ~SegmentHolder();
  SegmentHolder(const SegmentHolder&) = delete;
  SegmentHolder& operator=(const SegmentHolder&) = delete;

  enum class Where : uint8_t { kNewestKey, kTail };
  // Places a cursor that is not placed: at the newest key frame (the tail where there is none) or at the tail.
  void Enter(Cursor& cursor, Where where);
  // The same at an entry of before, or at the oldest one that is there behind it.
  void EnterAt(Cursor& cursor, uint64_t offset);
  // Takes a cursor off its segment. Afterwards it is not placed.
  void Leave(Cursor& cursor);
  // Moves a cursor that stands at its segment's end, or at the begin of a log that had no segment, to the next one.
  // False if there is none yet.
  [[nodiscard]] bool Advance(Cursor& cursor);
  // The cursor will only finish the entry that it is in, then leave: later segments are not held for its sake.
  void Pin(Cursor& cursor);
  // Lets go of segments that were offered while no cursor moved. Called now and then.
  void Tidy();
  bool empty() const { return cursors_ == 0; }

  // For one cursor whose reader may stall (it writes to a disk). When more than about so many bytes wait for it,
  // segments are let go: its Advance then comes to one that does not begin where the one before ended.
  void set_backlog(uint64_t bytes) { backlog_ = bytes; }
  void NoteProgress(const Cursor& cursor) { progress_.store(cursor.offset, std::memory_order_relaxed); }
  // Any thread.
  uint64_t progress() const { return progress_.load(std::memory_order_relaxed); }

  // The log's writer, under the log's mutex.
  void Offer(const std::shared_ptr<Segment>& segment) {
    if (segment->base() > progress_.load(std::memory_order_relaxed) + backlog_) offered_.clear();
    offered_.push_back(segment);
  }

 private:
  struct Held {
    std::shared_ptr<Segment> segment;
    uint32_t trailing = 0;  // cursors that will read on
    uint32_t pinned = 0;    // cursors that will leave after the entry they are in
  };

  void Place(Cursor& cursor);
  Held* Find(const Segment* segment);
  bool EnterFirst(Cursor& cursor);
  void TakeOffered();
  void HoldFrom(uint64_t offset);
  void Release();
  void Attach();
  void Detach();

  StreamLog& log_;
  std::vector<Held> held_;  // ascending
  uint32_t cursors_ = 0;
  bool attached_ = false;
  uint64_t backlog_ = UINT64_MAX / 2;
  std::atomic<uint64_t> progress_{0};
  // Guarded by the log's mutex.
  std::vector<std::shared_ptr<Segment>> offered_;
};

}  // namespace weir

#endif  // WEIR_LOG_SEGMENT_HOLDER_H_
