// The init segment (ftyp, moov) of a presentation with one video track, one audio track or both.
// Lifetime: none. Thread rule: pure functions.
#ifndef WEIR_PROTO_FMP4_INIT_H_
#define WEIR_PROTO_FMP4_INIT_H_

#include "base/bytes.h"
#include "proto/fmp4/track_config.h"

namespace weir::fmp4 {

inline constexpr uint32_t kVideoTrackId = 1;
inline constexpr uint32_t kAudioTrackId = 2;

// Null: the presentation has no such track.
void AppendInit(Buffer& out, const TrackConfig* video, const TrackConfig* audio);

}  // namespace weir::fmp4

#endif  // WEIR_PROTO_FMP4_INIT_H_
