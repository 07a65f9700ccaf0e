// The prelude: what an rtmp reader gets before the first log entry after a join, a skip or a rebase. It fixes the
// reader's own clock and message stream on each chunk stream of the log (design 2.2). Lifetime: plain values. Thread
// rule: pure functions.
#ifndef WEIR_LIVE_RTMP_PRELUDE_H_
#define WEIR_LIVE_RTMP_PRELUDE_H_

#include "base/bytes.h"
#include "live/headers.h"
#include "log/entry.h"

namespace weir {

// One reader's view of the stream's clock, kept from prelude to prelude.
struct RtmpClock {
  int64_t origin = 0;  // stream time at which the reader's clock is 0
  uint32_t metadata_version = 0;
  bool is_set = false;
};

struct RtmpPrelude {
  uint32_t stream_id;   // the reader's message stream
  uint32_t chunk_size;  // that is in force towards the reader; changed to the log's
  bool wants[kTracks];
  bool publishes = false;  // we are the publisher: metadata is wrapped in @setDataFrame
};

// Appends the prelude for a reader that goes on with `entry`.
void AppendRtmpPrelude(Buffer& out, const StreamHeaders& headers, const Entry& entry, RtmpClock& clock,
                       RtmpPrelude& prelude);

}  // namespace weir

#endif  // WEIR_LIVE_RTMP_PRELUDE_H_
