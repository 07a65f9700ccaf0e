#include "log/segment_holder.h"

#include <algorithm>

namespace weir {

SegmentHolder::~SegmentHolder() { Detach(); }

void SegmentHolder::Enter(Cursor& cursor, Where where) {
  Attach();
  {
    std::lock_guard lock(log_.mutex_);
    uint64_t key = where == Where::kNewestKey ? log_.newest_key() : StreamLog::kNone;
    cursor.offset = std::min(key, log_.tail());
    HoldFrom(cursor.offset);
  }
  Place(cursor);
}

void SegmentHolder::EnterAt(Cursor& cursor, uint64_t offset) {
  Attach();
  {
    std::lock_guard lock(log_.mutex_);
    const uint64_t oldest = log_.segments_.empty() ? 0 : log_.segments_.front()->base();
    cursor.offset = std::min(std::max(offset, oldest), log_.tail());
    HoldFrom(cursor.offset);
  }
  Place(cursor);
}

// The cursor's offset is set, and what it needs is held.
void SegmentHolder::Place(Cursor& cursor) {
  cursor.rebases = log_.RebasesUpTo(cursor.offset);
  cursor.stop = Cursor::kNoStop;
  cursor.placed = true;
  cursor.pinned = false;
  cursor.segment = nullptr;
  ++cursors_;
  for (auto held = held_.rbegin(); held != held_.rend(); ++held) {
    if (held->segment->base() > cursor.offset) continue;
    cursor.segment = held->segment.get();
    ++held->trailing;
    break;
  }
  Release();
}

void SegmentHolder::Leave(Cursor& cursor) {
  if (!cursor.placed) return;
  if (Held* held = Find(cursor.segment)) --(cursor.pinned ? held->pinned : held->trailing);
  cursor.segment = nullptr;
  cursor.placed = false;
  cursor.pinned = false;
  cursor.stop = Cursor::kNoStop;
  if (--cursors_ == 0) {
    Detach();
  } else {
    Release();
  }
}

bool SegmentHolder::Advance(Cursor& cursor) {
  if (cursor.segment == nullptr) return EnterFirst(cursor);
  if (held_.back().segment.get() == cursor.segment) {
    std::lock_guard lock(log_.mutex_);
    TakeOffered();
  }
  Held* from = Find(cursor.segment);
  size_t next = static_cast<size_t>(from - held_.data()) + 1;
  if (next >= held_.size()) return false;
  --from->trailing;
  ++held_[next].trailing;
  cursor.segment = held_[next].segment.get();
  if (from->trailing == 0) Release();
  return true;
}

// The log had no segment when the cursor entered. By now its first ones may be gone already; then it begins with the
// newest key frame, or with what is there.
bool SegmentHolder::EnterFirst(Cursor& cursor) {
  {
    std::lock_guard lock(log_.mutex_);
    bool is_late = !log_.segments_.empty() && log_.segments_.front()->base() > cursor.offset;
    if (is_late && log_.newest_key() != StreamLog::kNone) cursor.offset = log_.newest_key();
    HoldFrom(cursor.offset);
  }
  for (Held& held : held_) {
    if (held.segment->end() <= cursor.offset) continue;
    cursor.offset = std::max(cursor.offset, held.segment->base());
    cursor.segment = held.segment.get();
    ++held.trailing;
    cursor.rebases = log_.RebasesUpTo(cursor.offset);
    return true;
  }
  return false;
}

void SegmentHolder::Tidy() {
  if (!attached_) return;
  {
    std::lock_guard lock(log_.mutex_);
    TakeOffered();
  }
  Release();
}

void SegmentHolder::Pin(Cursor& cursor) {
  Held* held = Find(cursor.segment);
  if (held == nullptr || cursor.pinned) return;
  --held->trailing;
  ++held->pinned;
  cursor.pinned = true;
  Tidy();
}

SegmentHolder::Held* SegmentHolder::Find(const Segment* segment) {
  if (segment == nullptr) return nullptr;
  for (Held& held : held_) {
    if (held.segment.get() == segment) return &held;
  }
  return nullptr;
}

// Under the log's mutex.
void SegmentHolder::TakeOffered() {
  for (auto& segment : offered_) {
    if (held_.empty() || segment->base() > held_.back().segment->base()) held_.push_back({std::move(segment)});
  }
  offered_.clear();
}

// Holds the log's segments from the one with `offset` on. Under the log's mutex.
void SegmentHolder::HoldFrom(uint64_t offset) {
  TakeOffered();  // the log may have dropped some of these already, and a cursor behind `offset` reads on to them
  size_t at = 0;
  for (const auto& segment : log_.segments_) {
    if (segment->end() <= offset) continue;
    while (at < held_.size() && held_[at].segment->base() < segment->base()) ++at;
    if (at < held_.size() && held_[at].segment == segment) continue;
    held_.insert(held_.begin() + static_cast<std::ptrdiff_t>(at), Held{segment});
  }
}

// Drops what no cursor can come to: everything before the first segment with a trailing cursor that nobody is pinned
// to.
void SegmentHolder::Release() {
  auto first = std::find_if(held_.begin(), held_.end(), [](const Held& held) { return held.trailing > 0; });
  auto kept = std::remove_if(held_.begin(), first, [](const Held& held) { return held.pinned == 0; });
  held_.erase(kept, first);
}

void SegmentHolder::Attach() {
  if (attached_) return;
  std::lock_guard lock(log_.mutex_);
  log_.holders_.push_back(this);
  attached_ = true;
}

void SegmentHolder::Detach() {
  if (!attached_) return;
  {
    std::lock_guard lock(log_.mutex_);
    std::erase(log_.holders_, this);
    offered_.clear();
  }
  held_.clear();
  attached_ = false;
}

}  // namespace weir
