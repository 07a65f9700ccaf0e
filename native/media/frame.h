// What an audio, video or data message is, told from its first bytes: codec, key frame, sequence header. Knows the
// legacy FLV headers, the id-12 dialect and Enhanced RTMP with its ModEx prefix and multitrack form. Never changes a
// byte. Lifetime: `body` views the payload, the rest are values. Thread rule: pure functions, no allocation (called
// once for every frame of every publisher).
#ifndef WEIR_MEDIA_FRAME_H_
#define WEIR_MEDIA_FRAME_H_

#include <cstdint>

#include "base/bytes.h"

namespace weir {

enum class FrameKind : uint8_t { kOther, kAudio, kVideo, kData };

constexpr uint32_t FourCc(const char (&name)[5]) {
  return (uint32_t{static_cast<uint8_t>(name[0])} << 24) | (uint32_t{static_cast<uint8_t>(name[1])} << 16) |
         (uint32_t{static_cast<uint8_t>(name[2])} << 8) | static_cast<uint8_t>(name[3]);
}

// At most one of is_key, is_header, is_sequence_end, is_metadata_packet and is_command is set.
struct FrameInfo {
  FrameKind kind = FrameKind::kOther;
  uint8_t track = 0;   // of a multitrack message: its first track, else 0
  uint32_t codec = 0;  // legacy codec id (0-15) or FourCC; 0 with is_enhanced where the message names none
  // What follows the codec, packet type and track, of the first track; begins with has_composition_time's 3 bytes.
  ByteView body = {};
  bool has_composition_time : 1 = false;
  bool is_enhanced : 1 = false;
  bool is_multitrack : 1 = false;
  bool is_key : 1 = false;     // a player may join here; video only
  bool is_header : 1 = false;  // sequence header: decoder configuration, never a frame
  bool is_sequence_end : 1 = false;
  bool is_metadata_packet : 1 = false;  // beside the header: colour information, multichannel audio configuration
  bool is_command : 1 = false;          // frame type 5: pass on, never cache
  bool is_empty : 1 = false;            // no payload: legal in audio (silence)
  bool is_broken : 1 = false;           // cut off or a reserved packet type: skip the message, keep the connection
};

// `message_type` as in RTMP and FLV: 8 audio, 9 video, 15 and 18 data.
[[nodiscard]] FrameInfo ClassifyFrame(uint8_t message_type, ByteView payload);

}  // namespace weir

#endif  // WEIR_MEDIA_FRAME_H_
