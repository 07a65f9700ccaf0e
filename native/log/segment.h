// Segment: a piece of a log, one memory file with the index of its entries. It is appended to, then sealed, then closed
// as a whole; nothing in it is ever overwritten or truncated, because sockets may still refer to its pages
// (design 1.1). Lifetime: shared by the log, by each reactor with a cursor on it and by whatever else holds it; the
// last one closes it. Thread rule: one writer; readers on any thread see what count() and end() published.
#ifndef WEIR_LOG_SEGMENT_H_
#define WEIR_LOG_SEGMENT_H_

#include <array>
#include <atomic>
#include <memory>

#include "log/entry.h"
#include "log/memory_budget.h"
#include "sys/memory_file.h"

namespace weir {

class Segment {
 public:
  static constexpr uint64_t kOpen = UINT64_MAX;
  static constexpr uint32_t kBlockEntries = 128;
  static constexpr uint32_t kMaxEntries = 4096;

  Segment(uint64_t base, uint64_t first_ordinal, std::shared_ptr<LogAccount> account);
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  // The writer. Append fails when memory is short; nothing is published then.
  bool valid() const { return file_.valid(); }
  bool full() const { return count_.load(std::memory_order_relaxed) == kMaxEntries; }
  uint64_t length() const { return length_; }
  [[nodiscard]] bool Append(std::span<iovec> parts, size_t size, Entry entry);
  void Seal() { end_.store(base_ + length_, std::memory_order_release); }

  // Any thread.
  // Unique while the process lives, which an address or a descriptor is not.
  uint64_t serial() const { return serial_; }
  int fd() const { return file_.fd(); }
  uint64_t base() const { return base_; }
  // One past the last byte, or kOpen while the segment is written.
  uint64_t end() const { return end_.load(std::memory_order_acquire); }
  uint32_t count() const { return count_.load(std::memory_order_acquire); }
  uint64_t first_ordinal() const { return first_ordinal_; }
  // `i` < count().
  const Entry& entry(uint32_t i) const { return blocks_[i / kBlockEntries][i % kBlockEntries]; }
  // The index of the entry that begins at or last before `offset`. Needs count() > 0 and `offset` >= base().
  uint32_t IndexAt(uint64_t offset) const;
  bool Read(uint64_t offset, uint8_t* out, size_t size) const { return file_.ReadAt(offset - base_, out, size); }

 private:
  const uint64_t base_;
  const uint64_t first_ordinal_;
  const uint64_t serial_;
  MemoryFile file_;
  const std::shared_ptr<LogAccount> account_;
  // The writer's.
  uint64_t length_ = 0;
  int64_t charged_ = 0;
  // Published.
  std::array<std::unique_ptr<Entry[]>, kMaxEntries / kBlockEntries> blocks_;
  std::atomic<uint32_t> count_{0};
  std::atomic<uint64_t> end_{kOpen};
};

}  // namespace weir

#endif  // WEIR_LOG_SEGMENT_H_
