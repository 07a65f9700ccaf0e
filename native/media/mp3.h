// MPEG audio: the header of a frame (ISO 11172-3 2.4.1.3, ISO 13818-3, and the unofficial MPEG 2.5).
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_MEDIA_MP3_H_
#define WEIR_MEDIA_MP3_H_

#include <cstdint>

#include "base/bytes.h"

namespace weir::mp3 {

inline constexpr size_t kHeaderSize = 4;

struct Header {
  uint8_t layer = 0;      // 1, 2 or 3
  bool is_mpeg1 = false;  // else MPEG 2 or 2.5: half or a quarter of the rate
  uint8_t channels = 0;
  uint16_t samples = 0;
  uint32_t sample_rate = 0;
  uint32_t size = 0;  // of the frame with its header; 0 in free format
};
// False when no frame begins here.
[[nodiscard]] bool ReadHeader(ByteView frame, Header& header);

}  // namespace weir::mp3

#endif  // WEIR_MEDIA_MP3_H_
