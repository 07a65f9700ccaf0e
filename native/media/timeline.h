// Timeline: turns a publisher's timestamps into the stream's own time line, across jumps and republishing
// (srs-behaviour 4.5). Each track is corrected against its own previous time, so that interleaving injects no steps;
// after a jump the tracks share one new offset, so that they stay in step. Lifetime: as long as the stream. Thread
// rule: one thread at a time; time is passed in.
#ifndef WEIR_MEDIA_TIMELINE_H_
#define WEIR_MEDIA_TIMELINE_H_

#include <array>
#include <cstdint>

#include "base/clock.h"

namespace weir {

class Timeline {
 public:
  enum class Mode : uint8_t {
    kFull,  // starts near 0, monotonic by track, jumps become one frame's step
    kZero,  // the first time is subtracted, nothing else
    kOff,   // as it came
  };
  static constexpr int kTracks = 2;
  static constexpr Millis kMaxStep = 500;     // SRS's CONST: a larger step is a jump
  static constexpr Millis kDefaultStep = 40;  // and becomes this

  // A publish begins. In mode kFull it goes on where the last one ended.
  void Begin(Mode mode);
  // The time of a frame in milliseconds. `track` 0 or 1; `raw` as on the wire, wrapping; `arrived` by the monotonic
  // clock.
  int64_t Correct(int track, uint32_t raw, Millis arrived);
  // The time of something that must not move any clock (data messages): never before what was given out last.
  int64_t newest() const { return newest_; }

 private:
  struct Clock {
    bool seen = false;
    uint32_t last_raw = 0;
    int64_t raw = 0;  // unwrapped
    int64_t offset = 0;
    int64_t last = 0;
    Millis arrived = 0;
  };

  void Unwrap(Clock& clock, uint32_t raw) const;
  int64_t CorrectFull(Clock& clock, Millis arrived);
  bool Plausible(const Clock& clock, int64_t time, Millis arrived) const;

  Mode mode_ = Mode::kFull;
  std::array<Clock, kTracks> clocks_;
  bool anchored_ = false;   // some track of this publish has an offset
  bool continues_ = false;  // there was a publish before
  int64_t offset_ = 0;      // the newest one
  int64_t newest_ = 0;
};

}  // namespace weir

#endif  // WEIR_MEDIA_TIMELINE_H_
