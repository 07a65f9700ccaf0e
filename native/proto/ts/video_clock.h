// VideoClock: decoding and presentation times of video as a transport stream wants them: DTS always grows, PTS is never
// before it. Lifetime: its muxer's. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_TS_VIDEO_CLOCK_H_
#define WEIR_PROTO_TS_VIDEO_CLOCK_H_

#include <algorithm>

#include "proto/ts/format.h"

namespace weir::ts {

class VideoClock {
 public:
  struct Times {
    Ticks dts = 0;
    Ticks pts = 0;
  };

  // Both in milliseconds, as they came.
  Times Place(int64_t dts, int32_t composition_time) {
    Times times{.dts = dts * kTicksPerMilli};
    times.pts = times.dts + composition_time * kTicksPerMilli;
    // Some encoders put DTS late instead of PTS: then all DTS of the stream move ahead by the largest lag that was
    // seen.
    if (composition_time < 0) lead_ = std::max(lead_, std::min(-composition_time * kTicksPerMilli, kMaxLead));
    times.dts -= lead_;
    // The GLive T80 repeats timestamps, and two frames may share a millisecond; what is far behind is a new clock.
    if (times.dts <= last_ && last_ - times.dts <= kMaxRepair) times.dts = last_ + 1;
    last_ = times.dts;
    times.pts = std::max(times.pts, times.dts);
    return times;
  }

 private:
  static constexpr Ticks kMaxLead = 500 * kTicksPerMilli;  // less than what DTS are ahead of PCR
  static constexpr Ticks kMaxRepair = 500 * kTicksPerMilli;

  Ticks lead_ = 0;
  Ticks last_ = INT64_MIN / 2;
};

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_VIDEO_CLOCK_H_
