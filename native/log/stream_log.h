// StreamLog: what a stream's publisher sent, encoded once for one wire format, as an endless byte log in a chain of
// segments. It knows entries and offsets, not protocols. Offsets are 64 bit and never wrap. Lifetime: as long as its
// stream; segments may outlive it in the hands of their holders. Thread rule: Append and the other writer's calls on
// the home reactor only; the rest on any thread. The mutex is taken on join, skip and segment change, never per frame.
#ifndef WEIR_LOG_STREAM_LOG_H_
#define WEIR_LOG_STREAM_LOG_H_

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "log/segment.h"

namespace weir {

class SegmentHolder;

class StreamLog {
 public:
  static constexpr uint64_t kNone = UINT64_MAX;

  explicit StreamLog(MemoryBudget& budget);
  StreamLog(const StreamLog&) = delete;
  StreamLog& operator=(const StreamLog&) = delete;

  // --- The writer.
  // Appends one entry (offset is filled in). False when memory is short: nothing was appended.
  [[nodiscard]] bool Append(std::span<iovec> parts, size_t size, Entry entry);
  // The newest key frame is no place to join any more (audio only by now, or its GOP is too large).
  void ForgetKey() { newest_key_.store(kNone, std::memory_order_release); }
  void set_memory_limit(int64_t bytes) { memory_limit_ = bytes; }
  // What is appended to; null before the first entry. To be held by whoever wants what is in it later.
  const std::shared_ptr<Segment>& open_segment() const { return open_; }
  // How often a GOP was given up because it did not fit.
  uint64_t gops_dropped() const { return gops_dropped_.load(std::memory_order_relaxed); }

  // --- Any thread.
  uint64_t tail() const { return tail_.load(std::memory_order_acquire); }
  uint64_t newest_key() const { return newest_key_.load(std::memory_order_acquire); }
  // Readers before this offset must skip ahead: the log's memory is at its limit.
  uint64_t floor() const { return floor_.load(std::memory_order_relaxed); }
  int64_t memory() const { return account_->used(); }
  int64_t newest_dts() const { return newest_dts_.load(std::memory_order_relaxed); }
  uint64_t entries() const { return entries_.load(std::memory_order_relaxed); }
  // Rebase entries so far. The n-th (from 1) lies at RebaseOffset(n); kNone if it is too old to be remembered.
  uint32_t rebase_count() const { return rebase_count_.load(std::memory_order_acquire); }
  uint64_t RebaseOffset(uint32_t n) const;
  // How many rebase entries lie at or before `offset`.
  uint32_t RebasesUpTo(uint64_t offset) const;

 private:
  friend class SegmentHolder;  // the readers' half of the segment list, under the same mutex

  static constexpr size_t kRememberedRebases = 64;

  bool Roll(size_t needed);
  void Trim();

  const std::shared_ptr<LogAccount> account_;
  // The writer's.
  std::shared_ptr<Segment> open_;
  uint64_t capacity_;
  int64_t memory_limit_ = INT64_MAX;
  // Published by the writer.
  std::atomic<uint64_t> tail_{0};
  std::atomic<uint64_t> newest_key_{kNone};
  std::atomic<uint64_t> floor_{0};
  std::atomic<int64_t> newest_dts_{0};
  std::atomic<uint64_t> entries_{0};
  std::atomic<uint64_t> gops_dropped_{0};
  std::atomic<uint32_t> rebase_count_{0};
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Segment>> segments_;
  std::vector<SegmentHolder*> holders_;
  std::deque<uint64_t> rebases_;  // the last ones; the newest is number rebase_count_
};

}  // namespace weir

#endif  // WEIR_LOG_STREAM_LOG_H_
