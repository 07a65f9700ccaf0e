// AV1: the configuration record (AV1-ISOBMFF 2.3.3) and the sequence header in it (AV1 5.5).
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_MEDIA_AV1_H_
#define WEIR_MEDIA_AV1_H_

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace weir::av1 {

struct Config {
  uint8_t profile = 0;
  uint8_t level = 0;
  bool is_high_tier = false;
  uint8_t bit_depth = 8;
  uint32_t width = 0;  // 0: the record has no sequence header
  uint32_t height = 0;
};
// False when it is no such record.
[[nodiscard]] bool ReadConfig(ByteView record, Config& config);

// RFC 6381: "av01.0.04M.08".
std::string CodecText(const Config& config);

// An OBU at the front of `rest`, which moves behind it (AV1 5.3). False at the end, or when it is broken.
inline constexpr uint8_t kSequenceHeader = 1;
inline constexpr uint8_t kTemporalDelimiter = 2;
struct Obu {
  uint8_t type = 0;
  ByteView whole;  // with its header
  ByteView payload;
};
[[nodiscard]] bool NextObu(ByteView& rest, Obu& obu);

}  // namespace weir::av1

#endif  // WEIR_MEDIA_AV1_H_
