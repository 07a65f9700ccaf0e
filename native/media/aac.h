// AAC: AudioSpecificConfig (ISO 14496-3 1.6.2.1) and the ADTS header that takes its place in MPEG-TS.
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_MEDIA_AAC_H_
#define WEIR_MEDIA_AAC_H_

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace weir::aac {

inline constexpr uint8_t kNoIndex = 15;

struct Config {
  uint8_t object_type = 0;            // of the core coder: 2 is AAC-LC, also below HE-AAC
  uint8_t signalled_type = 0;         // as a codec string names it: 5 is HE-AAC, 29 HE-AAC v2
  uint8_t frequency_index = 0;        // of the core coder's rate; kNoIndex for a rate that has none
  uint8_t channel_config = 0;         // 0: told by a program config element
  uint8_t channels = 0;               // 0: not told
  uint32_t sample_rate = 0;           // of the core coder
  uint32_t output_rate = 0;           // twice that with SBR
  uint16_t samples_per_frame = 1024;  // at sample_rate
};
// False when it is cut off or says nothing that can be decoded.
[[nodiscard]] bool ReadConfig(ByteView bytes, Config& config);

// RFC 6381: "mp4a.40.2".
std::string CodecText(const Config& config);

inline constexpr size_t kAdtsHeaderSize = 7;
inline constexpr size_t kMaxAdtsPayload = 0x1FFF - kAdtsHeaderSize;  // the frame's length has 13 bits
// ADTS has two bits for the core's object type, four for the rate, three for the channels: not everything can be said.
[[nodiscard]] bool FitsAdts(const Config& config);
// Writes kAdtsHeaderSize bytes. REQUIRES: FitsAdts(config), payload_size <= kMaxAdtsPayload.
void WriteAdtsHeader(uint8_t* out, const Config& config, size_t payload_size);

}  // namespace weir::aac

#endif  // WEIR_MEDIA_AAC_H_
