#include "media/aac.h"

#include <iterator>

#include "media/bits.h"
#include "media/codec_text.h"

namespace weir::aac {
namespace {

constexpr uint32_t kRates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350};
constexpr uint8_t kChannels[] = {0, 1, 2, 3, 4, 5, 6, 8};  // table 1.19; what is beyond has no more than 24
constexpr uint32_t kSbr = 5;
constexpr uint32_t kParametricStereo = 29;
constexpr uint32_t kBsac = 22;
constexpr uint32_t kSbrSync = 0x2B7;
constexpr uint32_t kStereoSync = 0x548;
constexpr uint32_t kMaxRate = 192000;

uint32_t ReadObjectType(BitReader& bits) {
  const uint32_t type = bits.Bits(5);
  return type == 31 ? 32 + bits.Bits(6) : type;
}

struct Frequency {
  uint32_t rate = 0;
  uint8_t index = kNoIndex;
};

// An explicit rate that the table has gets its index: then ADTS can say it.
Frequency ReadFrequency(BitReader& bits) {
  const uint32_t index = bits.Bits(4);
  if (index < std::size(kRates)) return {kRates[index], static_cast<uint8_t>(index)};
  if (index != kNoIndex) return {};
  Frequency frequency{bits.Bits(24), kNoIndex};
  for (size_t i = 0; i < std::size(kRates); ++i) {
    if (kRates[i] == frequency.rate) frequency.index = static_cast<uint8_t>(i);
  }
  return frequency;
}

// program_config_element (4.5.1.1), as far as the number of channels is told.
uint32_t CountChannels(BitReader& bits) {
  bits.Skip(4 + 2 + 4);
  const uint32_t groups[] = {bits.Bits(4), bits.Bits(4), bits.Bits(4)};  // front, side, back
  const uint32_t low_frequency = bits.Bits(2);
  bits.Skip(3 + 4);  // associated data, coupling channels
  if (bits.Flag()) bits.Skip(4);
  if (bits.Flag()) bits.Skip(4);
  if (bits.Flag()) bits.Skip(3);
  uint32_t channels = low_frequency;
  for (const uint32_t count : groups) {
    for (uint32_t i = 0; i < count; ++i) {
      channels += bits.Flag() ? 2 : 1;
      bits.Skip(4);
    }
  }
  return channels;
}

// GASpecificConfig (4.4.1). False for object types that have another one.
bool ReadGeneral(BitReader& bits, Config& config) {
  switch (config.object_type) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 6:
    case 7:
    case 17:
    case 19:
    case 20:
    case 21:
    case 22:
    case 23:
      break;
    default:
      return false;
  }
  if (bits.Flag()) config.samples_per_frame = 960;
  if (bits.Flag()) bits.Skip(14);
  const bool has_extension = bits.Flag();
  if (config.channel_config == 0) config.channels = static_cast<uint8_t>(CountChannels(bits));
  return !has_extension;
}

// HE-AAC that older players may take for AAC-LC: told behind the rest (1.6.5).
void ReadCompatibleSbr(BitReader& bits, Config& config) {
  if (bits.left() < 16 || bits.Bits(11) != kSbrSync || ReadObjectType(bits) != kSbr || !bits.Flag()) return;
  const Frequency frequency = ReadFrequency(bits);
  if (bits.is_broken() || frequency.rate == 0 || frequency.rate > kMaxRate) return;
  config.output_rate = frequency.rate;
  config.signalled_type = kSbr;
  if (bits.left() >= 12 && bits.Bits(11) == kStereoSync && bits.Flag()) config.signalled_type = kParametricStereo;
}

}  // namespace

bool ReadConfig(ByteView bytes, Config& config) {
  BitReader bits(bytes);
  config = {};
  uint32_t type = ReadObjectType(bits);
  Frequency frequency = ReadFrequency(bits);
  const uint32_t channels = bits.Bits(4);
  config.signalled_type = static_cast<uint8_t>(type);
  config.sample_rate = frequency.rate;
  config.output_rate = frequency.rate;
  config.frequency_index = frequency.index;
  if (type == kSbr || type == kParametricStereo) {
    config.output_rate = ReadFrequency(bits).rate;
    type = ReadObjectType(bits);
    if (type == kBsac) bits.Skip(4);
  }
  config.object_type = static_cast<uint8_t>(type);
  config.channel_config = static_cast<uint8_t>(channels);
  if (channels < std::size(kChannels)) config.channels = kChannels[channels];
  if (channels == 11) config.channels = 7;
  if (channels == 12 || channels == 14) config.channels = 8;
  if (bits.is_broken() || type == 0) return false;
  if (config.sample_rate == 0 || config.sample_rate > kMaxRate || config.output_rate > kMaxRate) return false;
  const bool is_extended = config.signalled_type != config.object_type;
  const bool read_all = ReadGeneral(bits, config);
  // Some encoders end the record after two bytes, or in the middle of what follows: enough to decode.
  if (bits.is_broken() && config.channel_config == 0) return false;
  if (read_all && !is_extended) ReadCompatibleSbr(bits, config);
  return true;
}

std::string CodecText(const Config& config) {
  std::string text = "mp4a.40.";
  AppendDecimal(text, config.signalled_type);
  return text;
}

bool FitsAdts(const Config& config) {
  return config.object_type >= 1 && config.object_type <= 4 && config.frequency_index < std::size(kRates) &&
         config.channel_config >= 1 && config.channel_config <= 7 && config.samples_per_frame == 1024;
}

void WriteAdtsHeader(uint8_t* out, const Config& config, size_t payload_size) {
  const uint32_t size = static_cast<uint32_t>(payload_size + kAdtsHeaderSize);
  out[0] = 0xFF;
  out[1] = 0xF1;  // MPEG-4, no checksum
  out[2] = static_cast<uint8_t>(((config.object_type - 1) << 6) | (config.frequency_index << 2) |
                                (config.channel_config >> 2));
  out[3] = static_cast<uint8_t>((config.channel_config << 6) | (size >> 11));
  out[4] = static_cast<uint8_t>(size >> 3);
  out[5] = static_cast<uint8_t>((size << 5) | 0x1F);  // buffer fullness 0x7FF: variable bit rate
  out[6] = 0xFC;
}

}  // namespace weir::aac
