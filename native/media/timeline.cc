#include "media/timeline.h"

#include <algorithm>

namespace weir {
namespace {

// A step back of so little is an encoder's rounding, not a jump: the frame gets its predecessor's time.
constexpr int64_t kJitterBack = 100;

}  // namespace

void Timeline::Begin(Mode mode) {
  mode_ = mode;
  clocks_ = {};
  anchored_ = false;
}

int64_t Timeline::Correct(int track, uint32_t raw, Millis arrived) {
  Clock& clock = clocks_[static_cast<size_t>(track)];
  bool is_first = !clock.seen;
  Unwrap(clock, raw);
  int64_t time = clock.raw;
  if (mode_ == Mode::kZero) {
    if (!anchored_ || clock.raw < -offset_) offset_ = -clock.raw;
    anchored_ = true;
    time = clock.raw + offset_;
  } else if (mode_ == Mode::kFull) {
    if (is_first) clock.last = INT64_MIN;
    time = CorrectFull(clock, arrived);
  }
  clock.last = time;
  clock.arrived = arrived;
  newest_ = mode_ == Mode::kFull ? std::max(newest_, time) : time;
  continues_ = true;
  return time;
}

// Timestamps wrap at 2^32; the nearest reading of the new one is taken.
void Timeline::Unwrap(Clock& clock, uint32_t raw) const {
  clock.raw = clock.seen ? clock.raw + static_cast<int32_t>(raw - clock.last_raw) : int64_t{raw};
  clock.last_raw = raw;
  clock.seen = true;
}

int64_t Timeline::CorrectFull(Clock& clock, Millis arrived) {
  if (!anchored_) {
    offset_ = (continues_ ? newest_ + kDefaultStep : 0) - clock.raw;
    anchored_ = true;
  }
  if (clock.last == INT64_MIN) {
    clock.offset = offset_;
    int64_t time = clock.raw + clock.offset;
    // The second track begins on another clock than the first: put them together.
    if (time < newest_ - kMaxStep || time > newest_ + kMaxStep) clock.offset = newest_ - clock.raw;
    return clock.raw + clock.offset;
  }
  int64_t time = clock.raw + clock.offset;
  if (Plausible(clock, time, arrived)) return time;
  if (time < clock.last && time >= clock.last - kJitterBack) return clock.last;
  // A jump. If the other track has made it already, follow that.
  if (!Plausible(clock, clock.raw + offset_, arrived)) offset_ = clock.last + kDefaultStep - clock.raw;
  clock.offset = offset_;
  return clock.raw + clock.offset;
}

// SRS's rule is the step alone; but slides at one frame in 2 s, or an encoder that paused, are no jumps: the step is as
// long as what passed on the other track, or on the wall.
bool Timeline::Plausible(const Clock& clock, int64_t time, Millis arrived) const {
  int64_t step = time - clock.last;
  if (step < 0) return false;
  return step <= kMaxStep || time <= newest_ + kMaxStep || step <= (arrived - clock.arrived) + kMaxStep;
}

}  // namespace weir
