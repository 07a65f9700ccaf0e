// Stamp: what a publisher writes into a frame so that a player can prove what it received: the frame's number among
// those of its kind, when it was sent, and a hash of the rest of its payload. In video it is an SEI message (user data,
// unregistered) before the frame's own NAL units, so a stamped stream still decodes; in audio, which only the synthetic
// stream stamps, it is the head of the AAC frame. Thread rule: pure functions.
#ifndef WEIR_BENCH_LOAD_STAMP_H_
#define WEIR_BENCH_LOAD_STAMP_H_

#include <cstdint>

#include "base/bytes.h"
#include "base/clock.h"

namespace weir::load {

struct Stamp {
  uint64_t number = 0;
  Micros sent = 0;
  uint64_t hash = 0;
};

// The stamp's bytes without its wrapping: a UUID and three numbers in hexadecimal (no zero byte, hence no emulation of
// a start code).
inline constexpr size_t kStampSize = 16 + 3 * 16;
// As a length-prefixed SEI NAL unit: length, NAL header, payload type, payload size, stamp, trailing bits.
inline constexpr size_t kSeiSize = 4 + 3 + kStampSize + 1;

// Whether the payload is an AVC frame (not a header) that an SEI can be put into.
bool IsStampable(ByteView video);

// Replaces `out` by the video frame with a stamp put into it. The hash covers what follows the stamp.
void StampVideo(ByteView frame, uint64_t number, Micros sent, Buffer& out);
// Overwrites the head of an audio frame, from its third byte on; the frame must be longer than 2 + kStampSize.
void StampAudio(Buffer& frame, uint64_t number, Micros sent);

enum class StampCheck : uint8_t { kNone, kValid, kCorrupt };

// Looks for a stamp in a received message's payload, and compares its wrapping and the hash.
StampCheck ReadStamp(bool video, ByteView payload, Stamp& stamp);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_STAMP_H_
