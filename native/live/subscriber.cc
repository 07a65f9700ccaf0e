#include "live/subscriber.h"

#include <algorithm>

#include "live/shard.h"
#include "live/stream.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// Up to here a send from memory is cheaper than sendfile (measured, docs/decisions.md).
constexpr size_t kSmall = 64 << 10;
// The rest of an entry that may be copied so that last words can follow it.
constexpr size_t kMaxPrivateRest = 64 << 10;

}  // namespace

void Subscriber::Subscribe(Audience& audience, SegmentHolder::Where where) {
  audience_ = &audience;
  audience.Add(*this);
  audience.holder().Enter(cursor_, where);
  needs_prelude_ = true;
  frames_from_ = Ordinal();
  Progress();
}

void Subscriber::Unsubscribe() {
  if (audience_ == nullptr) return;
  audience_->holder().Leave(cursor_);
  audience_->Remove(*this);
  audience_ = nullptr;
  unwanted_ = returns_at_key_ = 0;
  needs_prelude_ = holds_outbox_ = jumps_at_stop_ = pauses_at_stop_ = paused_ = ends_at_tail_ = false;
}

void Subscriber::Pause(bool paused) {
  if (audience_ == nullptr) return;
  if (paused && !paused_) {
    pauses_at_stop_ = true;
    cursor_.stop = EntryEnd();
    if (cursor_.stop == cursor_.offset) HandleStop();
  } else if (!paused && pauses_at_stop_) {
    pauses_at_stop_ = false;
  } else if (!paused && paused_) {
    paused_ = false;
    audience_->holder().Enter(cursor_, SegmentHolder::Where::kNewestKey);
    frames_from_ = Ordinal() - frames_from_;
    needs_prelude_ = true;
    Progress();
  }
}

void Subscriber::Want(Track track, bool wanted) {
  uint8_t bit = static_cast<uint8_t>(1 << track);
  if (!wanted) {
    unwanted_ |= bit;
    returns_at_key_ &= static_cast<uint8_t>(~bit);
  } else if ((unwanted_ & bit) != 0 && track == kVideoTrack) {
    returns_at_key_ |= bit;
  } else if ((unwanted_ & bit) != 0) {
    GuardEntry();
    unwanted_ &= static_cast<uint8_t>(~bit);
    needs_prelude_ = true;
  }
}

Buffer& Subscriber::BeginReply() {
  Buffer& reply = shard().replies();
  reply.clear();
  return reply;
}

void Subscriber::EndReply(ByteView reply) {
  if (reply.empty() || closed()) return;
  GuardEntry();
  AddPrivate(reply);
}

// Private bytes must wait for the end of the entry in flight.
void Subscriber::GuardEntry() {
  if (audience_ == nullptr || !cursor_.placed || holds_outbox_) return;
  uint64_t end = EntryEnd();
  if (end == cursor_.offset) return;
  cursor_.stop = std::min(cursor_.stop, end);
  holds_outbox_ = true;
}

bool Subscriber::FinishEntryPrivately() {
  if (audience_ == nullptr || !cursor_.placed) return true;
  uint64_t end = EntryEnd();
  size_t size = end - cursor_.offset;
  if (size == 0) return true;
  if (size > kMaxPrivateRest) return false;
  Buffer& out = outbox();
  size_t before = out.size();
  if (before > 0 && !holds_outbox_) return false;
  out.resize(before + size);
  // What was held back for this entry's end stays behind it.
  std::move_backward(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(before), out.end());
  return cursor_.segment->Read(cursor_.offset, out.data(), size);
}

void Subscriber::Flush() {
  if (closed()) return;
  size_t quota = kQuota;
  Step step;
  do {
    step = FlushStep(quota);
  } while (step == Step::kGoOn);
  if (step == Step::kClosed || audience_ == nullptr) return;
  if (step == Step::kHungry) {
    shard().FlushLater(*this);
  } else if (step == Step::kBlocked) {
    audience_->PutBlocked(*this);
  } else if (ends_at_tail_) {
    OnEnd();
  } else {
    Progress();
    audience_->PutReady(*this);
  }
}

void Subscriber::EndAtTail() {
  ends_at_tail_ = true;
  Flush();
}

Subscriber::Step Subscriber::FlushStep(size_t& quota) {
  bool follows = audience_ != nullptr && cursor_.placed;
  if (!holds_outbox_ && !outbox_empty()) {
    bool more = follows && !needs_prelude_ && cursor_.offset != audience_->log().tail();
    Sent sent = SendOutbox(more);
    if (sent == Sent::kClosed) return Step::kClosed;
    if (sent == Sent::kBlocked) return Step::kBlocked;
  }
  if (!follows) return Step::kCaughtUp;
  if (quota == 0) return Step::kHungry;

  const StreamLog& log = audience_->log();
  uint64_t tail = log.tail();  // before the rebases: one that lies before this tail must not be missed
  if (cursor_.rebases != log.rebase_count() && !FindNextStop()) return Step::kGoOn;
  if (cursor_.offset == cursor_.stop) {
    HandleStop();
    return Step::kGoOn;
  }
  if (cursor_.offset == tail) return Step::kCaughtUp;
  if (cursor_.segment == nullptr || cursor_.offset == cursor_.segment->end()) {
    return audience_->holder().Advance(cursor_) ? Step::kGoOn : Step::kCaughtUp;
  }
  if (needs_prelude_ && !holds_outbox_) {
    needs_prelude_ = false;
    WritePrelude(cursor_.segment->entry(cursor_.segment->IndexAt(cursor_.offset)));
    return Step::kGoOn;
  }
  if (has_end_ && ReachedEnd()) return Step::kClosed;
  uint64_t end = std::min({tail, cursor_.stop, cursor_.segment->end()});
  return unwanted_ == 0 ? SendRange(end, quota) : SendFiltered(end, quota);
}

// True if it was enough: the reader has ended. Else the place of the first entry that is too much becomes a stop.
bool Subscriber::ReachedEnd() {
  const Segment& segment = *cursor_.segment;
  uint32_t i = segment.IndexAt(cursor_.offset);
  int64_t end = EndsAt(segment.entry(i));
  if (segment.entry(i).offset < cursor_.offset) ++i;
  for (uint32_t count = segment.count(); i < count; ++i) {
    const Entry& entry = segment.entry(i);
    if (entry.dts < end) continue;
    if (entry.offset > cursor_.offset) {
      cursor_.stop = std::min(cursor_.stop, entry.offset);
      return false;
    }
    OnEnd();
    return true;
  }
  return false;
}

// A rebase, the end of an entry before private bytes, a pause or a jump.
void Subscriber::HandleStop() {
  cursor_.stop = Cursor::kNoStop;
  holds_outbox_ = false;
  if (pauses_at_stop_) {
    pauses_at_stop_ = jumps_at_stop_ = false;
    paused_ = true;
    frames_from_ = Ordinal() - frames_from_;
    audience_->holder().Leave(cursor_);
  } else if (jumps_at_stop_) {
    Jump();
  }
}

bool Subscriber::FindNextStop() {
  const StreamLog& log = audience_->log();
  uint64_t rebase = log.RebaseOffset(cursor_.rebases + 1);
  if (rebase <= cursor_.offset) {
    ++cursor_.rebases;
    needs_prelude_ = true;
  } else if (rebase == StreamLog::kNone) {
    SkipAhead();  // so far behind that nobody remembers
    return jumps_at_stop_;
  } else {
    cursor_.stop = std::min(cursor_.stop, rebase);
  }
  return true;
}

Subscriber::Step Subscriber::SendRange(uint64_t end, size_t& quota) {
  uint64_t base = cursor_.segment->base();
  size_t size = std::min<uint64_t>(end - cursor_.offset, quota);
  ByteView shared = size <= kSmall ? shard().ReadShared(*cursor_.segment, cursor_.offset, size) : ByteView();
  IoResult result =
      shared.empty() ? SendFile(fd(), cursor_.segment->fd(), cursor_.offset - base, size) : Send(fd(), shared, false);
  if (result.kind == IoResult::Kind::kBlocked) return Step::kBlocked;
  if (result.kind != IoResult::Kind::kMoved) {
    Close(result.kind == IoResult::Kind::kFailed ? Reason::kIoError : Reason::kPeerReset);
    return Step::kClosed;
  }
  cursor_.offset += result.size;
  quota -= result.size;
  Moved(result.size);
  return Step::kGoOn;
}

// For readers of one track only: their entries are gathered from the log into the shard's scratch and sent from there.
Subscriber::Step Subscriber::SendFiltered(uint64_t end, size_t& quota) {
  uint64_t gathered_to = cursor_.offset;
  uint8_t* scratch = shard().scratch();
  size_t size = GatherWanted(end, scratch, std::min(Reactor::kScratchSize, quota), gathered_to);
  if (size == 0) {
    cursor_.offset = gathered_to;
    return needs_prelude_ || gathered_to == end ? Step::kGoOn : Step::kHungry;
  }
  IoResult result = Send(fd(), {scratch, size}, false);
  if (result.kind == IoResult::Kind::kBlocked) return Step::kBlocked;
  if (result.kind != IoResult::Kind::kMoved) {
    Close(result.kind == IoResult::Kind::kFailed ? Reason::kIoError : Reason::kPeerReset);
    return Step::kClosed;
  }
  cursor_.offset = OffsetAfter(result.size, gathered_to);
  quota -= result.size;
  Moved(result.size);
  return Step::kGoOn;
}

// Copies wanted entries from the cursor up to `end` until `size` is full. `gathered_to` is where that came to.
size_t Subscriber::GatherWanted(uint64_t end, uint8_t* out, size_t size, uint64_t& gathered_to) {
  const Segment& segment = *cursor_.segment;
  size_t used = 0;
  uint64_t at = cursor_.offset;
  uint32_t count = segment.count();
  for (uint32_t i = segment.IndexAt(at); at < end && i < count; ++i) {
    const Entry& entry = segment.entry(i);
    uint64_t next = i + 1 < count ? segment.entry(i + 1).offset : end;
    bool begun = at > entry.offset;
    if (!begun && entry.is(Entry::kKey) && (returns_at_key_ & (1 << entry.track())) != 0) {
      if (used > 0) break;  // first what comes before it
      unwanted_ &= static_cast<uint8_t>(~(1 << entry.track()));
      returns_at_key_ = 0;
      needs_prelude_ = true;
      break;
    }
    if (begun || wants(entry.track())) {
      size_t take = std::min<uint64_t>(std::min(next, end) - at, size - used);
      if (take == 0 || !segment.Read(at, out + used, take)) break;
      used += take;
      at += take;
      if (at < next) break;
    } else {
      at = next;
    }
  }
  gathered_to = at;
  return used;
}

// Where the cursor stands when `sent` of the gathered bytes are gone.
uint64_t Subscriber::OffsetAfter(size_t sent, uint64_t gathered_to) const {
  const Segment& segment = *cursor_.segment;
  uint64_t at = cursor_.offset;
  uint32_t count = segment.count();
  for (uint32_t i = segment.IndexAt(at); at < gathered_to && i < count; ++i) {
    const Entry& entry = segment.entry(i);
    uint64_t next = i + 1 < count ? segment.entry(i + 1).offset : gathered_to;
    next = std::min(next, gathered_to);
    if (at > entry.offset || wants(entry.track())) {
      if (sent < next - at) return at + sent;
      sent -= next - at;
    }
    at = next;
  }
  return at;
}

void Subscriber::Moved(size_t bytes) {
  CountSent(bytes);
  Progress();
  audience_->bytes_out.Add(bytes);
  shard().bytes_out.Add(bytes);
}

void Subscriber::Progress() { SetDeadline(shard().now_ms() + audience_->send_timeout(), Reason::kSendTimeout); }

uint64_t Subscriber::EntryEnd() const {
  const Segment* segment = cursor_.segment;
  if (segment == nullptr || cursor_.offset >= segment->end()) return cursor_.offset;
  uint64_t tail = audience_->log().tail();  // before the count: it is no further than the last entry counted
  uint32_t count = segment->count();
  if (count == 0) return cursor_.offset;
  uint32_t i = segment->IndexAt(cursor_.offset);
  if (segment->entry(i).offset == cursor_.offset) return cursor_.offset;
  if (i + 1 < count) return segment->entry(i + 1).offset;
  return std::min(segment->end(), tail);
}

void Subscriber::CheckLag(Millis now, uint64_t floor) {
  Sweep(now);
  if (closed() || !cursor_.placed || cursor_.segment == nullptr) return;
  bool below_floor = cursor_.offset < floor;
  if (jumps_at_stop_) {
    // It will finish its entry and jump; but memory is short, and the entry's segment cannot go before it.
    if (below_floor) Close(Reason::kMemoryLimit);
    return;
  }
  if (below_floor || Lag() > audience_->queue_length()) SkipAhead();
}

void Subscriber::SkipAhead() {
  if (jumps_at_stop_) return;
  const StreamLog& log = audience_->log();
  uint64_t key = log.newest_key();
  bool is_forced = cursor_.offset < log.floor() || cursor_.rebases + 1 < log.rebase_count();
  // No key frame ahead: wait for one, unless the log cannot.
  if (!is_forced && key != StreamLog::kNone && key <= cursor_.offset) return;
  uint64_t end = EntryEnd();
  jumps_at_stop_ = true;
  // Counted now and not when it reads again: an operator wants to know while it hangs.
  ++skips_;
  audience_->skips.Add(1);
  if (end == cursor_.offset) return HandleStop();
  cursor_.stop = std::min(cursor_.stop, end);
  audience_->holder().Pin(cursor_);
}

void Subscriber::Jump() {
  jumps_at_stop_ = false;
  uint64_t from = Ordinal();
  SegmentHolder& holder = audience_->holder();
  uint64_t key = audience_->log().newest_key();
  bool is_key_ahead = key != StreamLog::kNone && key > cursor_.offset;
  holder.Leave(cursor_);
  holder.Enter(cursor_, is_key_ahead ? SegmentHolder::Where::kNewestKey : SegmentHolder::Where::kTail);
  needs_prelude_ = true;
  frames_from_ += Ordinal() - from;
}

uint64_t Subscriber::Ordinal() const {
  const Segment* segment = cursor_.segment;
  if (segment == nullptr || segment->count() == 0) return audience_->log().entries();
  uint32_t i = segment->IndexAt(cursor_.offset);
  bool is_behind_it = segment->entry(i).offset != cursor_.offset && EntryEnd() == cursor_.offset;
  return segment->first_ordinal() + i + (is_behind_it ? 1 : 0);
}

Millis Subscriber::Lag() const {
  const Segment* segment = cursor_.segment;
  const StreamLog& log = audience_->log();
  if (segment == nullptr || segment->count() == 0 || cursor_.offset >= log.tail()) return 0;
  return std::max<Millis>(0, log.newest_dts() - segment->entry(segment->IndexAt(cursor_.offset)).dts);
}

bool Subscriber::FindRole(ConnectionRole& role) const {
  if (audience_ == nullptr) return false;
  role.key = &audience_->stream().key();
  for (int i = 0; i < kFormats; ++i) {
    const Format format = static_cast<Format>(i);
    const bool is_it = format != Format::kFmp4 && audience_->stream().LogOf(format) == &audience_->format();
    if (is_it) role.protocol = kPlayProtocolNames[PlayProtocolOf(format)];
  }
  return true;
}

bool Subscriber::Collect(ConnectionStats& stats, Millis now) const {
  if (!Connection::Collect(stats, now)) return false;
  if (audience_ == nullptr) return true;
  stats.skips = skips_;
  stats.frames = cursor_.placed ? Ordinal() - frames_from_ : frames_from_;
  if (!cursor_.placed) return true;
  stats.lag_bytes = audience_->log().tail() - cursor_.offset;
  stats.lag = Lag();
  return true;
}

}  // namespace weir
