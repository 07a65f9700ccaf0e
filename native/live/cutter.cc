#include "live/cutter.h"

#include <algorithm>
#include <cstdlib>

namespace weir {
namespace {

// Shorter fragments are made only where nothing else is right. Audio alone could be cut anywhere.
constexpr int64_t kShortest = 1'000;
// A step that is no delay but another clock, as in the muxers.
constexpr int64_t kClockBack = 500;
constexpr int64_t kClockAhead = 10'000;
// A track without a frame for so long is not there any more, as in the muxers.
constexpr int64_t kTrackGone = 5'000;
constexpr int64_t kUsualStep = 40;

bool IsFar(int64_t from, int64_t to) { return to < from - kClockBack || to > from + kClockAhead; }

}  // namespace

int64_t Cutter::Track::longest_step(int64_t limit) const {
  int64_t longest = 0;
  for (const int64_t step : steps) longest = step <= limit ? std::max(longest, step) : longest;
  return longest > 0 ? longest : kUsualStep;
}

void Cutter::Begin(const HlsGrant& rules, uint64_t max_bytes) {
  Change(rules, max_bytes);
  video_.is_here = audio_.is_here = false;
  is_open_ = is_video_on_clock_ = false;
}

void Cutter::Change(const HlsGrant& rules, uint64_t max_bytes) {
  next_rules_ = rules;
  next_rules_.longest = std::max(rules.longest, kShortest);
  max_bytes_ = max_bytes;
}

Cutter::Cut Cutter::Before(const Frame& frame, uint64_t bytes) {
  const bool is_broken = IsBroken(frame);
  is_torn_ |= is_broken;
  const int64_t torn_at = is_torn_ ? EndOfMedia() : 0;
  if (!frame.is_video && (!audio_.is_here || IsFar(audio_.dts, frame.dts))) audio_at_video_ = frame.dts;
  int64_t now = is_broken ? frame.dts : TimeOf(frame);
  // The tracks are not in step to the millisecond.
  if (is_open_ && !is_torn_) now = std::max(now, part_.start);
  const Cut cut = is_open_ ? Decide(frame, now, bytes) : Cut::kNone;
  if (cut == Cut::kFragment) {
    CloseFragment(is_torn_ ? torn_at : now);
  } else if (cut == Cut::kPart) {
    ClosePart(now);
    OpenPart(now, part_.index + 1);
  }
  if (!is_open_) {
    OpenFragment(now, frame.is_new_setup);
  } else if (frame.is_new_setup) {
    (is_judged_ ? has_new_setup_ : fragment_.discontinuity) = true;
  }
  if (cut == Cut::kFragment || bytes == 0) needs_new_init_ = frame.is_new_init;
  Note(frame, is_broken);
  return cut;
}

Cutter::Cut Cutter::End() {
  if (!is_open_) return Cut::kNone;
  CloseFragment(EndOfMedia());
  ended_.last = true;
  return Cut::kFragment;
}

// On the clock that fragments are measured by: the video's, where the two are far apart.
int64_t Cutter::TimeOf(const Frame& frame) const {
  if (frame.is_video || !is_video_on_clock_ || std::abs(frame.dts - video_.dts) <= kClockBack) return frame.dts;
  const int64_t time = video_.dts + (frame.dts - audio_at_video_);
  return std::abs(time - frame.dts) > kClockBack ? time : frame.dts;
}

Cutter::Cut Cutter::Decide(const Frame& frame, int64_t now, uint64_t bytes) const {
  if (EndsFragment(frame, now, bytes)) return Cut::kFragment;
  if (rules_.part == 0 || !EndsPart(frame, now)) return Cut::kNone;
  // The part, when it is written, has the init segment of before.
  return frame.is_new_init ? Cut::kFragment : Cut::kPart;
}

bool Cutter::EndsFragment(const Frame& frame, int64_t now, uint64_t bytes) const {
  if (is_torn_) return true;
  // The first frame of a track decides for the fragment; where both tracks change, the second one is in time.
  if (frame.is_new_setup && TrackOf(frame).is_in_fragment) return true;
  // As long as nothing is written the fragment may still have the new one.
  if (frame.is_new_init && bytes > 0) return true;
  const int64_t elapsed = now - fragment_.start;
  if (frame.is_key) {
    if (elapsed >= rules_.fragment) return true;
    // Nobody can begin with the fragment in the making: the next one had better begin here.
    if (elapsed >= kShortest && !(fragment_.independent && video_.is_in_fragment)) return true;
  }
  // Where there is video, a fragment ends with a picture.
  const bool is_video_gone = !frame.is_video && IsVideoGone(frame);
  if (!frame.is_video && !is_video_gone) return false;
  if (bytes >= max_bytes_) return true;
  return elapsed >= rules_.longest && (is_video_gone || !rules_.wait_keyframe);
}

// How long a frame lasts is known only from the next one: it is taken for as long as the longest of those before. (One
// that is longer than a part makes it too long anyway.) Sound ends a part where the next picture is late, or will come
// too late.
bool Cutter::EndsPart(const Frame& frame, int64_t now) const {
  const int64_t end = now + TrackOf(frame).longest_step(rules_.part);
  const int64_t next_picture = video_.dts + video_.longest_step(rules_.part);
  const bool is_picture_near = is_video_on_clock_ && end <= next_picture && next_picture - part_.start <= rules_.part;
  if (!frame.is_video && is_picture_near) return false;
  return now > part_.start && end - part_.start > rules_.part;
}

// A step of the track itself tells a broken clock from one that has always been far from that of the other track, and
// from the last frames that come by the old clock.
bool Cutter::IsBroken(const Frame& frame) const {
  const Track& track = TrackOf(frame);
  return has_clock_ && IsFar(newest_, frame.dts) && (!track.is_known || IsFar(track.dts, frame.dts));
}

// REQUIRES: an audio frame.
bool Cutter::IsVideoGone(const Frame& frame) const {
  const int64_t since = std::min(frame.dts - audio_at_video_, frame.dts - video_.dts);
  return !video_.is_here || since > kTrackGone;
}

bool Cutter::IsPresent(const Track& track) const {
  return track.is_in_fragment || (track.is_here && newest_ - track.dts <= kTrackGone);
}

// The newest picture, or sound, lasts as long as those before. Sound counts alone, or where it went on without
// pictures.
int64_t Cutter::EndOfMedia() const {
  const int64_t sound = TimeOf({.dts = audio_.dts}) + audio_.longest_step(kClockAhead);
  int64_t end = video_.is_in_fragment ? video_.dts + video_.longest_step(kClockAhead) : sound;
  if (audio_.is_in_fragment && sound > end + kClockBack) end = sound;
  return std::max(end, part_.start);
}

void Cutter::OpenFragment(int64_t now, bool is_new_setup) {
  rules_ = next_rules_;
  is_open_ = true;
  is_judged_ = false;
  fragment_ = {.start = now, .independent = true};
  fragment_.discontinuity = is_torn_ || has_new_setup_ || is_new_setup;
  is_torn_ = has_new_setup_ = false;
  video_.is_in_fragment = audio_.is_in_fragment = false;
  OpenPart(now, 0);
}

void Cutter::OpenPart(int64_t now, int index) {
  part_ = {.start = now, .index = index, .independent = true};
  video_.is_in_part = audio_.is_in_part = false;
}

void Cutter::CloseFragment(int64_t end) {
  ClosePart(end);
  Judge();
  fragment_.duration = std::max<int64_t>(0, end - fragment_.start);
  fragment_.has_video = IsPresent(video_);
  fragment_.has_audio = IsPresent(audio_);
  ended_ = fragment_;
  is_open_ = false;
}

void Cutter::ClosePart(int64_t end) {
  has_ended_part_ = rules_.part > 0;
  if (!has_ended_part_) return;
  Judge();
  part_.duration = std::max<int64_t>(0, end - part_.start);
  // Sound of a fragment whose pictures come later, or came before, is nothing to begin with.
  if (!video_.is_in_part) part_.independent = !video_.is_in_fragment;
  part_.discontinuity = fragment_.discontinuity;
  part_.has_video = video_.is_in_part;
  part_.has_audio = audio_.is_in_part;
  ended_part_ = part_;
}

// Whether it is the same presentation as before. Once told, it stays: what comes later counts for the next fragment.
void Cutter::Judge() {
  if (is_judged_) return;
  is_judged_ = true;
  const bool has_video = IsPresent(video_);
  const bool has_audio = IsPresent(audio_);
  const bool has_other_tracks = has_video != had_video_ || has_audio != had_audio_;
  fragment_.discontinuity |= rules_.container == Container::kTs ? has_other_tracks : needs_new_init_;
  fragment_.discontinuity &= has_previous_;
  has_previous_ = true;
  had_video_ = has_video;
  had_audio_ = has_audio;
}

void Cutter::Note(const Frame& frame, bool is_broken) {
  Track& track = TrackOf(frame);
  if (frame.is_video) {
    if (!track.is_in_fragment) fragment_.independent = frame.is_key;
    if (!track.is_in_part) part_.independent = frame.is_key;
    is_video_on_clock_ = true;
    if (audio_.is_here) audio_at_video_ = audio_.dts;
  } else if (is_broken) {
    is_video_on_clock_ = false;
  }
  const int64_t step = frame.dts - track.dts;
  if (track.is_here && step >= 0 && step <= kClockAhead) {
    track.steps[track.next_step] = step;
    track.next_step = (track.next_step + 1) % Track::kSteps;
  }
  track.is_known = track.is_here = track.is_in_fragment = track.is_in_part = true;
  track.dts = frame.dts;
  newest_ = is_broken || !has_clock_ ? frame.dts : std::max(newest_, frame.dts);
  has_clock_ = true;
}

}  // namespace weir
