// H.265: the decoder configuration record (ISO 14496-15 8.3.3.1) and what its parameter sets say.
// Lifetime: views into the record. Thread rule: pure functions; only ReadConfig allocates.
#ifndef WEIR_MEDIA_HEVC_H_
#define WEIR_MEDIA_HEVC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace weir::hevc {

// NAL unit types (H.265 table 7-1). Those below 32 are slices, 16 to 23 of pictures where decoding can begin.
enum NalType : uint8_t {
  kFirstIrap = 16,
  kLastIrap = 23,
  kVps = 32,
  kSps = 33,
  kPps = 34,
  kDelimiter = 35,
  kPrefixSei = 39,
};
inline NalType TypeOf(ByteView nal) { return static_cast<NalType>((nal[0] >> 1) & 0x3F); }
inline bool IsSlice(NalType type) { return type < kVps; }
inline bool IsIrap(NalType type) { return type >= kFirstIrap && type <= kLastIrap; }

struct Config {
  uint8_t profile_space = 0;
  bool is_high_tier = false;
  uint8_t profile = 0;
  uint32_t compatibility = 0;
  uint8_t constraints[6] = {};
  uint8_t level = 0;
  int nal_length_size = 4;
  std::vector<ByteView> vps;
  std::vector<ByteView> sps;
  std::vector<ByteView> pps;
  std::vector<ByteView> sei;  // HDR10's: it may stand nowhere else
};
// False when it is no such record. Empty units are left out.
[[nodiscard]] bool ReadConfig(ByteView record, Config& config);

struct Picture {
  uint32_t width = 0;
  uint32_t height = 0;
};
// The size of the pictures as shown, cropped. False when the parameter set is broken or absurd.
[[nodiscard]] bool ReadSps(ByteView nal, Picture& picture);

// RFC 6381 and ISO 14496-15 annex E: "hvc1.1.6.L93.B0".
std::string CodecText(const Config& config);

}  // namespace weir::hevc

#endif  // WEIR_MEDIA_HEVC_H_
