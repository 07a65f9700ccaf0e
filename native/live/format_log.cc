#include "live/format_log.h"

#include <utility>

namespace weir {

void FormatLog::KeepHeaders(const StreamHeaders& headers) {
  uint64_t offset = log_.tail();
  auto snapshot = std::make_shared<const StreamHeaders>(headers);
  std::lock_guard lock(mutex_);
  // The entry that was to have these headers was not appended: memory was short.
  if (!snapshots_.empty() && snapshots_.back().offset == offset) snapshots_.pop_back();
  snapshots_.push_back({offset, std::move(snapshot)});
  if (snapshots_.size() > kKeptSnapshots) snapshots_.pop_front();
}

std::shared_ptr<const StreamHeaders> FormatLog::HeadersAt(uint64_t offset) const {
  std::lock_guard lock(mutex_);
  for (auto snapshot = snapshots_.rbegin(); snapshot != snapshots_.rend(); ++snapshot) {
    if (snapshot->offset <= offset) return snapshot->headers;
  }
  return snapshots_.empty() ? nullptr : snapshots_.front().headers;
}

}  // namespace weir
