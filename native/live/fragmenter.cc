#include "live/fragmenter.h"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

// A fragment that has no end may not take the log's memory from those who watch.
constexpr int64_t kFragmentsInLog = 4;

}  // namespace

void Fragmenter::Begin(const HlsGrant& rules, int64_t log_memory) {
  cutter_.Begin(rules, static_cast<uint64_t>(log_memory / kFragmentsInLog));
  begin_ = part_begin_ = log_.tail();
  segments_.clear();
}

void Fragmenter::Change(const HlsGrant& rules, int64_t log_memory) {
  cutter_.Change(rules, static_cast<uint64_t>(log_memory / kFragmentsInLog));
}

void Fragmenter::Close(Cutter::Cut cut) {
  if (cut == Cutter::Cut::kNone) return;
  const uint64_t end = log_.tail();
  const uint64_t part = std::exchange(part_begin_, end);
  // Nothing of it could be appended: memory is short.
  if (cutter_.part() != nullptr && part < end) sink_.OnPart(FactsOf(*cutter_.part()), Hold(part));
  if (cut == Cutter::Cut::kPart) return;
  const uint64_t begin = std::exchange(begin_, end);
  if (begin < end) sink_.OnFragment(FactsOf(cutter_.fragment()), Hold(begin));
  // The newest one may be appended to.
  if (segments_.size() > 1) segments_.erase(segments_.begin(), segments_.end() - 1);
}

void Fragmenter::End() {
  Close(cutter_.End());
  segments_.clear();
}

void Fragmenter::Appended() {
  const std::shared_ptr<Segment>& open = log_.open_segment();
  if (segments_.empty() || segments_.back() != open) segments_.push_back(open);
}

void Fragmenter::SetInit(uint32_t version, ByteView bytes, const std::string& codecs) {
  init_version_ = version;
  sink_.OnInit(version, bytes, codecs);
}

HeldRange Fragmenter::Hold(uint64_t from) const {
  HeldRange range;
  for (const auto& segment : segments_) {
    const uint64_t begin = std::max(from, segment->base());
    const uint64_t end = std::min(segment->end(), log_.tail());
    if (begin < end) range.pieces.push_back({segment, begin, end});
  }
  return range;
}

}  // namespace weir
