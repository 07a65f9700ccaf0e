#include "log/stream_log.h"

#include <algorithm>

#include "log/segment_holder.h"

namespace weir {
namespace {

// A segment carries about so much media, within bounds (design 1.1).
constexpr int64_t kSegmentMillis = 4000;
constexpr uint64_t kMinCapacity = 64 << 10;
constexpr uint64_t kMaxCapacity = 4 << 20;
constexpr uint64_t kFirstCapacity = 256 << 10;

uint64_t CapacityAfter(const Segment& segment) {
  uint32_t count = segment.count();
  if (count < 2) return kFirstCapacity;
  int64_t millis = std::max<int64_t>(1, segment.entry(count - 1).dts - segment.entry(0).dts);
  uint64_t wanted = segment.length() * kSegmentMillis / static_cast<uint64_t>(millis);
  return std::clamp(wanted, kMinCapacity, kMaxCapacity);
}

}  // namespace

StreamLog::StreamLog(MemoryBudget& budget)
    : account_(std::make_shared<LogAccount>(budget)), capacity_(kFirstCapacity) {}

bool StreamLog::Append(std::span<iovec> parts, size_t size, Entry entry) {
  if (!open_ || open_->full() || (open_->length() > 0 && open_->length() + size > capacity_)) {
    if (!Roll(size)) return false;
  }
  uint64_t offset = tail_.load(std::memory_order_relaxed);
  if (!open_->Append(parts, size, entry)) return false;
  if (entry.is(Entry::kRebase)) {
    std::lock_guard lock(mutex_);
    rebases_.push_back(offset);
    if (rebases_.size() > kRememberedRebases) rebases_.pop_front();
    rebase_count_.store(rebase_count_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  newest_dts_.store(entry.dts, std::memory_order_relaxed);
  entries_.store(entries_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  // A reader that sees the key must see the tail behind it, so the tail goes first.
  tail_.store(offset + size, std::memory_order_release);
  if (entry.is(Entry::kKey)) {
    newest_key_.store(offset, std::memory_order_release);
    if (segments_.size() > 1) {  // only the writer changes the list: it may look without the lock
      std::lock_guard lock(mutex_);
      Trim();
    }
  }
  return true;
}

bool StreamLog::Roll(size_t needed) {
  uint64_t base = tail_.load(std::memory_order_relaxed);
  auto next = std::make_shared<Segment>(base, entries_.load(std::memory_order_relaxed), account_);
  if (!next->valid()) return false;
  if (open_) capacity_ = CapacityAfter(*open_);
  capacity_ = std::max<uint64_t>(capacity_, needed);
  std::lock_guard lock(mutex_);
  if (open_) open_->Seal();
  open_ = next;
  segments_.push_back(next);
  for (SegmentHolder* holder : holders_) holder->Offer(next);
  Trim();
  return true;
}

// Lets go of what nobody can join at, and asks for skips or gives up the GOP when the log is too large. Holds mutex_.
void StreamLog::Trim() {
  uint64_t tail = tail_.load(std::memory_order_relaxed);
  uint64_t keep = std::min(newest_key_.load(std::memory_order_relaxed), tail);
  bool over = account_->used() > memory_limit_ || account_->budget().exceeded();
  if (over) {
    floor_.store(keep, std::memory_order_relaxed);
    bool too_large = static_cast<int64_t>(tail - keep) > memory_limit_ / 2 || account_->budget().critical();
    if (keep < tail && too_large) {
      ForgetKey();
      gops_dropped_.fetch_add(1, std::memory_order_relaxed);
      keep = tail;
    }
  }
  while (segments_.size() > 1 && segments_.front()->end() <= keep) segments_.pop_front();
}

uint64_t StreamLog::RebaseOffset(uint32_t n) const {
  std::lock_guard lock(mutex_);
  uint32_t newest = rebase_count_.load(std::memory_order_relaxed);
  if (n > newest || newest - n >= rebases_.size()) return kNone;
  return rebases_[rebases_.size() - 1 - (newest - n)];
}

uint32_t StreamLog::RebasesUpTo(uint64_t offset) const {
  std::lock_guard lock(mutex_);
  auto behind = std::upper_bound(rebases_.begin(), rebases_.end(), offset);
  return rebase_count_.load(std::memory_order_relaxed) - static_cast<uint32_t>(rebases_.end() - behind);
}

}  // namespace weir
