// TrackConfig: a decoder configuration in the form that an init segment wants: codec string, time scale, sample entry.
// Lifetime: values. Thread rule: plain values.
#ifndef WEIR_PROTO_FMP4_TRACK_CONFIG_H_
#define WEIR_PROTO_FMP4_TRACK_CONFIG_H_

#include <string>
#include <vector>

#include "base/bytes.h"
#include "media/frame_body.h"

namespace weir::fmp4 {

inline constexpr uint32_t kVideoTimescale = 90000;

struct TrackConfig {
  Codec codec = Codec::kOther;
  std::string text;  // RFC 6381
  uint32_t timescale = kVideoTimescale;
  Buffer sample_entry;  // the whole box
  // Video.
  uint32_t width = 0;
  uint32_t height = 0;
  int nal_length_size = 4;   // as the publisher has it; samples have 4
  std::vector<Buffer> sets;  // parameter sets: samples need not repeat them
  // Audio: samples of a frame at the time scale; 0 if each frame tells it.
  uint32_t frame_samples = 0;

  bool operator==(const TrackConfig&) const = default;
};

// From a sequence header of H.264, H.265, AV1, AAC or Opus. False if it can't be read.
[[nodiscard]] bool ReadTrackConfig(Codec codec, ByteView record, TrackConfig& config);
// From a frame of MP3, which has no sequence header.
[[nodiscard]] bool ReadMp3Config(ByteView frame, TrackConfig& config);

}  // namespace weir::fmp4

#endif  // WEIR_PROTO_FMP4_TRACK_CONFIG_H_
