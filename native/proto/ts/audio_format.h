// AudioFormat: what one coded audio frame looks like in a transport stream: ADTS header before AAC, control header
// before Opus, MP3 as it is; and how long it lasts. Lifetime: its muxer's. Thread rule: one thread at a time. No
// allocation.
#ifndef WEIR_PROTO_TS_AUDIO_FORMAT_H_
#define WEIR_PROTO_TS_AUDIO_FORMAT_H_

#include "base/bytes.h"
#include "base/reason.h"
#include "media/aac.h"
#include "media/frame_body.h"
#include "media/opus.h"
#include "proto/ts/tables.h"

namespace weir::ts {

struct AudioFrame {
  static constexpr size_t kMaxHeader = 40;

  AudioKind kind;
  uint32_t sample_rate = 0;
  uint32_t samples = 0;
  uint8_t header_size = 0;
  uint8_t header[kMaxHeader];
  ByteView data;  // views the message

  size_t size() const { return header_size + data.size(); }
};

class AudioFormat {
 public:
  // A sequence header. kCodecUnsupported for AAC that ADTS can't describe. REQUIRES: codec is kAac or kOpus.
  [[nodiscard]] Reason SetConfig(Codec codec, ByteView config);
  void Reset() { codec_ = Codec::kOther; }
  // What the frames will be, as soon as that is known: kind().type is kNoStream before.
  AudioKind kind() const;
  // REQUIRES: codec is one of audio.
  [[nodiscard]] Reason Read(Codec codec, ByteView data, AudioFrame& frame) const;

 private:
  Reason ReadAac(ByteView data, AudioFrame& frame) const;
  static Reason ReadMp3(ByteView data, AudioFrame& frame);
  Reason ReadOpus(ByteView data, AudioFrame& frame) const;

  Codec codec_ = Codec::kOther;  // that the configuration is of
  aac::Config aac_;
  uint8_t opus_channels_ = 2;
};

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_AUDIO_FORMAT_H_
