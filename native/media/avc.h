// H.264: the decoder configuration record (ISO 14496-15 5.3.3.1) and what its parameter sets say.
// Lifetime: views into the record. Thread rule: pure functions; only ReadConfig allocates.
#ifndef WEIR_MEDIA_AVC_H_
#define WEIR_MEDIA_AVC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace weir::avc {

// NAL unit types (H.264 table 7-1).
enum NalType : uint8_t {
  kSlice = 1,
  kIdrSlice = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kDelimiter = 9,
};
inline NalType TypeOf(ByteView nal) { return static_cast<NalType>(nal[0] & 0x1F); }
inline bool IsSlice(NalType type) { return type >= kSlice && type <= kIdrSlice; }

struct Config {
  uint8_t profile = 0;
  uint8_t constraints = 0;
  uint8_t level = 0;
  int nal_length_size = 4;
  std::vector<ByteView> sps;
  std::vector<ByteView> pps;
};
// False when it is no such record. Empty parameter sets are left out; a record may have none (they come in band then).
[[nodiscard]] bool ReadConfig(ByteView record, Config& config);

struct Picture {
  uint32_t width = 0;
  uint32_t height = 0;
};
// The size of the pictures as shown, cropped. False when the parameter set is broken or absurd.
[[nodiscard]] bool ReadSps(ByteView nal, Picture& picture);

// RFC 6381: "avc1.64001F".
std::string CodecText(const Config& config);

}  // namespace weir::avc

#endif  // WEIR_MEDIA_AVC_H_
