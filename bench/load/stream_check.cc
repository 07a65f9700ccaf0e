#include "bench/load/stream_check.h"

#include <algorithm>

#include "media/frame.h"

namespace weir::load {
namespace {

constexpr uint32_t kLateStart = 2'000;  // ms
constexpr uint32_t kJump = 1'000;       // ms

}  // namespace

void CheckTotals::Merge(const CheckTotals& other) {
  frames += other.frames;
  stamped += other.stamped;
  corrupt += other.corrupt;
  gaps += other.gaps;
  missing += other.missing;
  repeated += other.repeated;
  backwards += other.backwards;
  jumps += other.jumps;
  continuity += other.continuity;
  silent += other.silent;
  starts_without_key += other.starts_without_key;
  starts_late += other.starts_late;
  republishes += other.republishes;
  first_timestamp_max = std::max(first_timestamp_max, other.first_timestamp_max);
  latency.Merge(other.latency);
}

bool CheckTotals::IsClean() const {
  return corrupt + gaps + missing + repeated + backwards + jumps + continuity + silent + starts_without_key == 0;
}

void StreamCheck::CheckTime(Track& track, uint32_t timestamp, CheckTotals& totals) {
  if (track.is_started) {
    auto step = static_cast<int32_t>(timestamp - track.timestamp);  // 32-bit times wrap
    if (step < 0) ++totals.backwards;
    if (step > static_cast<int32_t>(kJump)) ++totals.jumps;
  } else if (clock_ == StreamClock::kViewer) {
    totals.first_timestamp_max = std::max(totals.first_timestamp_max, timestamp);
    if (timestamp > kLateStart) ++totals.starts_late;
  }
  track.is_started = true;
  track.timestamp = timestamp;
}

// True if frames are missing before this one.
bool StreamCheck::CheckNumber(Track& track, const Stamp& stamp, CheckTotals& totals) {
  bool is_first = !track.is_stamped;
  bool is_restarted = !is_first && stamp.number <= track.number && stamp.sent > track.sent;
  uint64_t expected = track.number + 1;
  track.is_stamped = true;
  if (!is_first && stamp.number < expected && !is_restarted) {
    ++totals.repeated;
    return false;
  }
  track.number = stamp.number;
  track.sent = stamp.sent;
  if (is_restarted) ++totals.republishes;
  if (is_first || is_restarted || stamp.number == expected) return is_restarted;
  ++totals.gaps;
  totals.missing += stamp.number - expected;
  return true;
}

void StreamCheck::OnMedia(const rtmp::Message& message, Micros now, Micros latency_from, CheckTotals& totals) {
  FrameInfo info = ClassifyFrame(message.type, message.payload);
  bool is_video = info.kind == FrameKind::kVideo;
  if (!is_video && info.kind != FrameKind::kAudio) return;
  if (info.is_header || info.is_sequence_end || info.is_metadata_packet || info.is_command || info.is_empty) return;
  Track& track = is_video ? video_ : audio_;
  ++totals.frames;
  newest_ = now;
  if (info.is_broken) ++totals.corrupt;
  CheckTime(track, message.timestamp, totals);

  Stamp stamp;
  StampCheck found = ReadStamp(is_video, message.payload, stamp);
  bool has_gap = false;
  if (found == StampCheck::kCorrupt || (found == StampCheck::kNone && track.is_stamped)) ++totals.corrupt;
  if (found == StampCheck::kValid) {
    ++totals.stamped;
    has_gap = CheckNumber(track, stamp, totals);
    if (stamp.sent >= latency_from) totals.latency.Add(now - stamp.sent);
  }
  if (!is_video) return;
  if ((wants_key_ || has_gap) && !info.is_key) ++totals.starts_without_key;
  wants_key_ = false;
}

}  // namespace weir::load
