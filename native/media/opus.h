// Opus: the ID header of RFC 7845 5.1, and a packet's duration (RFC 6716 3.1).
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_MEDIA_OPUS_H_
#define WEIR_MEDIA_OPUS_H_

#include <cstdint>

#include "base/bytes.h"

namespace weir::opus {

inline constexpr uint32_t kRate = 48000;  // the clock of every Opus stream, whatever went in
inline constexpr int kMaxChannels = 8;

struct Head {
  uint8_t channels = 2;
  uint16_t pre_skip = 0;
  uint32_t input_rate = kRate;
  int16_t gain = 0;
  uint8_t mapping_family = 0;
  uint8_t streams = 1;  // these three only for families other than 0
  uint8_t coupled = 1;
  uint8_t mapping[kMaxChannels] = {0, 1};
};
// An empty header means stereo: Enhanced RTMP allows it. False for what can't be decoded, or has more than 8 channels.
[[nodiscard]] bool ReadHead(ByteView bytes, Head& head);

// Samples at kRate, at most 5760 (120 ms); 0 when the packet is broken.
[[nodiscard]] uint32_t PacketSamples(ByteView packet);

}  // namespace weir::opus

#endif  // WEIR_MEDIA_OPUS_H_
