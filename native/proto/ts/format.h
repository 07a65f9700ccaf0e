// The numbers of an MPEG transport stream (ISO 13818-1 = H.222.0), and those that weir chose.
// Lifetime: constants. Thread rule: none.
#ifndef WEIR_PROTO_TS_FORMAT_H_
#define WEIR_PROTO_TS_FORMAT_H_

#include <cstddef>
#include <cstdint>

namespace weir::ts {

inline constexpr size_t kPacketSize = 188;
inline constexpr size_t kPacketRoom = 184;  // behind the four bytes of header
inline constexpr uint8_t kSync = 0x47;

// PIDs as SRS had them: what was set up for its streams goes on.
inline constexpr uint16_t kPatPid = 0;
inline constexpr uint16_t kVideoPid = 0x100;
inline constexpr uint16_t kAudioPid = 0x101;
inline constexpr uint16_t kPmtPid = 0x1001;
inline constexpr uint16_t kNoPid = 0x1FFF;

// Stream types (H.222.0 table 2-34).
enum StreamType : uint8_t {
  kNoStream = 0,
  kMpeg1Audio = 0x03,
  kMpeg2Audio = 0x04,
  kPrivateData = 0x06,  // Opus, with descriptors that say so
  kAdtsAac = 0x0F,
  kH264 = 0x1B,
  kH265 = 0x24,
};

// PES stream ids (table 2-22).
inline constexpr uint8_t kVideoStreamId = 0xE0;
inline constexpr uint8_t kAudioStreamId = 0xC0;
inline constexpr uint8_t kPrivateStreamId = 0xBD;

// Time inside the muxer: 90 kHz of the stream's own timeline, 64 bits; what is written wraps at 33.
using Ticks = int64_t;
inline constexpr Ticks kTicksPerMilli = 90;
inline constexpr Ticks kTicksPerSecond = 90000;

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_FORMAT_H_
