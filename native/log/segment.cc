#include "log/segment.h"

#include <utility>

namespace weir {
namespace {

constexpr int64_t kPage = 4096;

uint64_t NextSerial() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

int64_t RoundToPage(uint64_t bytes) { return (static_cast<int64_t>(bytes) + kPage - 1) / kPage * kPage; }

}  // namespace

Segment::Segment(uint64_t base, uint64_t first_ordinal, std::shared_ptr<LogAccount> account)
    : base_(base),
      first_ordinal_(first_ordinal),
      serial_(NextSerial()),
      file_("weir-log"),
      account_(std::move(account)) {}

Segment::~Segment() { account_->Add(-charged_); }

bool Segment::Append(std::span<iovec> parts, size_t size, Entry entry) {
  if (!file_.WriteAt(length_, parts)) return false;
  uint32_t i = count_.load(std::memory_order_relaxed);
  auto& block = blocks_[i / kBlockEntries];
  int64_t grown = 0;
  if (!block) {
    block = std::make_unique<Entry[]>(kBlockEntries);
    grown = kBlockEntries * sizeof(Entry);
  }
  entry.offset = base_ + length_;
  block[i % kBlockEntries] = entry;
  grown += RoundToPage(length_ + size) - RoundToPage(length_);
  length_ += size;
  charged_ += grown;
  if (grown > 0) account_->Add(grown);
  count_.store(i + 1, std::memory_order_release);
  return true;
}

uint32_t Segment::IndexAt(uint64_t offset) const {
  uint32_t published = count();
  uint32_t low = 0;
  uint32_t high = published;
  while (low < high) {  // the first entry that begins behind `offset`
    uint32_t middle = (low + high) / 2;
    if (entry(middle).offset <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? 0 : low - 1;
}

}  // namespace weir
