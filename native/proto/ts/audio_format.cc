#include "proto/ts/audio_format.h"

#include <algorithm>

#include "media/mp3.h"

namespace weir::ts {
namespace {

// The PES length has 16 bits and no way around it for audio.
constexpr size_t kMaxMp3Frame = 8192;
constexpr size_t kMaxOpusPacket = 8192;

// channel_config_code of "Opus in MPEG-2 TS": 1 to 8 are the Vorbis layouts with the usual coupling, 80h is added where
// nothing is coupled; anything else can't be said.
bool OpusChannels(const opus::Head& head, uint8_t& code) {
  constexpr uint8_t kStreams[] = {0, 1, 1, 2, 2, 3, 4, 4, 5};
  constexpr uint8_t kCoupled[] = {0, 0, 1, 1, 2, 2, 2, 3, 3};
  constexpr uint8_t kMappings[][opus::kMaxChannels] = {
      {0},
      {0},
      {0, 1},
      {0, 2, 1},
      {0, 1, 2, 3},
      {0, 4, 1, 2, 3},
      {0, 4, 1, 2, 3, 5},
      {0, 4, 1, 2, 3, 5, 6},
      {0, 6, 1, 2, 3, 4, 5, 7},
  };
  code = head.channels;
  if (head.mapping_family == 0) return true;
  if (head.mapping_family != 1) return false;
  if (head.streams == kStreams[code] && head.coupled == kCoupled[code])
    return std::equal(head.mapping, head.mapping + code, kMappings[code]);
  if (head.streams != code || head.coupled != 0) return false;
  for (int i = 0; i < head.channels; ++i) {
    if (head.mapping[i] != i) return false;
  }
  code |= 0x80;
  return true;
}

}  // namespace

Reason AudioFormat::SetConfig(Codec codec, ByteView config) {
  if (codec == Codec::kAac) {
    aac::Config aac;
    if (!aac::ReadConfig(config, aac)) return Reason::kCodecConfigMalformed;
    if (!aac::FitsAdts(aac)) return Reason::kCodecUnsupported;
    aac_ = aac;
  } else {
    opus::Head head;
    if (!opus::ReadHead(config, head)) return Reason::kCodecConfigMalformed;
    if (!OpusChannels(head, opus_channels_)) return Reason::kCodecUnsupported;
  }
  codec_ = codec;
  return Reason::kNone;
}

AudioKind AudioFormat::kind() const {
  if (codec_ == Codec::kAac) return {.type = kAdtsAac};
  if (codec_ == Codec::kOpus) return {.type = kPrivateData, .opus_channels = opus_channels_};
  return {};
}

Reason AudioFormat::Read(Codec codec, ByteView data, AudioFrame& frame) const {
  if (codec == Codec::kMp3) return ReadMp3(data, frame);
  if (codec != codec_) return Reason::kCodedFrameMalformed;
  frame.kind = kind();
  frame.data = data;
  return codec == Codec::kAac ? ReadAac(data, frame) : ReadOpus(data, frame);
}

Reason AudioFormat::ReadAac(ByteView data, AudioFrame& frame) const {
  if (data.empty() || data.size() > aac::kMaxAdtsPayload) return Reason::kCodedFrameMalformed;
  frame.sample_rate = aac_.sample_rate;
  frame.samples = aac_.samples_per_frame;
  frame.header_size = aac::kAdtsHeaderSize;
  aac::WriteAdtsHeader(frame.header, aac_, data.size());
  return Reason::kNone;
}

Reason AudioFormat::ReadMp3(ByteView data, AudioFrame& frame) {
  mp3::Header header;
  if (!mp3::ReadHeader(data, header) || data.size() > kMaxMp3Frame) return Reason::kCodedFrameMalformed;
  frame.kind = {.type = header.is_mpeg1 ? kMpeg1Audio : kMpeg2Audio};
  frame.sample_rate = header.sample_rate;
  frame.samples = header.samples;
  frame.header_size = 0;
  frame.data = data;
  return Reason::kNone;
}

// The control header of "Opus in MPEG-2 TS": no trims, then the size as so many 255 and the rest.
Reason AudioFormat::ReadOpus(ByteView data, AudioFrame& frame) const {
  frame.sample_rate = opus::kRate;
  frame.samples = opus::PacketSamples(data);
  if (frame.samples == 0 || data.size() > kMaxOpusPacket) return Reason::kCodedFrameMalformed;
  frame.header[0] = 0x7F;
  frame.header[1] = 0xE0;
  size_t at = 2;
  size_t size = data.size();
  for (; size >= 255; size -= 255) frame.header[at++] = 255;
  frame.header[at++] = static_cast<uint8_t>(size);
  frame.header_size = static_cast<uint8_t>(at);
  return Reason::kNone;
}

}  // namespace weir::ts
