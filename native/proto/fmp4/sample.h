// What a coded video frame looks like in a sample: units of H.264 and H.265 with lengths of four bytes, without those
// that the sample entry has already; AV1 without temporal delimiters. Lifetime: none. Thread rule: pure functions.
#ifndef WEIR_PROTO_FMP4_SAMPLE_H_
#define WEIR_PROTO_FMP4_SAMPLE_H_

#include "base/bytes.h"
#include "proto/fmp4/track_config.h"

namespace weir::fmp4 {

struct FrameFacts {
  bool is_broken = false;
  bool has_picture = false;       // not parameter sets alone
  bool is_random_access = false;  // decoding can begin with it, whatever the message said
};
[[nodiscard]] FrameFacts Inspect(const TrackConfig& config, ByteView frame);

// Returns the size of what was appended. REQUIRES: Inspect said that the frame is not broken.
size_t AppendSample(Buffer& out, const TrackConfig& config, ByteView frame);

}  // namespace weir::fmp4

#endif  // WEIR_PROTO_FMP4_SAMPLE_H_
