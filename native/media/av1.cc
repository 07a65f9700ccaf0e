#include "media/av1.h"

#include "media/bits.h"
#include "media/codec_text.h"

namespace weir::av1 {
namespace {

constexpr size_t kFixedSize = 4;
constexpr uint8_t kMarkerAndVersion = 0x81;
constexpr int kMaxLeb128 = 8;

// Variable-length size (AV1 4.10.5).
bool ReadLeb128(ByteReader& in, uint64_t& value) {
  value = 0;
  for (int i = 0; i < kMaxLeb128; ++i) {
    uint8_t byte = 0;
    if (!in.U8(byte)) return false;
    value |= uint64_t{byte & 0x7FU} << (7 * i);
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

// uvlc of AV1 4.10.3: as Exp-Golomb, but 32 zeros are a value of their own.
void SkipUvlc(BitReader& bits) {
  int zeros = 0;
  while (zeros < 32 && !bits.is_broken() && !bits.Flag()) ++zeros;
  if (zeros < 32) bits.Skip(static_cast<size_t>(zeros));
}

// True if the decoder model is told; `delay_bits` is then the size of its numbers.
bool SkipTiming(BitReader& bits, size_t& delay_bits) {
  bits.Skip(64);
  if (bits.Flag()) SkipUvlc(bits);
  if (!bits.Flag()) return false;
  delay_bits = bits.Bits(5) + 1;
  bits.Skip(32 + 5 + 5);
  return true;
}

void SkipOperatingPoints(BitReader& bits) {
  size_t delay_bits = 0;
  const bool has_model = bits.Flag() && SkipTiming(bits, delay_bits);
  const bool has_delays = bits.Flag();
  const uint32_t points = bits.Bits(5) + 1;
  for (uint32_t i = 0; i < points && !bits.is_broken(); ++i) {
    bits.Skip(12);
    if (bits.Bits(5) > 7) bits.Skip(1);
    if (has_model && bits.Flag()) bits.Skip(2 * delay_bits + 1);
    if (has_delays && bits.Flag()) bits.Skip(4);
  }
}

void ReadSize(ByteView sequence_header, Config& config) {
  BitReader bits(sequence_header);
  bits.Skip(3 + 1);
  if (bits.Flag()) {
    bits.Skip(5);  // reduced still picture header
  } else {
    SkipOperatingPoints(bits);
  }
  const int width_bits = static_cast<int>(bits.Bits(4)) + 1;
  const int height_bits = static_cast<int>(bits.Bits(4)) + 1;
  const uint32_t width = bits.Bits(width_bits) + 1;
  const uint32_t height = bits.Bits(height_bits) + 1;
  if (bits.is_broken()) return;
  config.width = width;
  config.height = height;
}

}  // namespace

bool ReadConfig(ByteView record, Config& config) {
  config = {};
  if (record.size() < kFixedSize || record[0] != kMarkerAndVersion) return false;
  config.profile = record[1] >> 5;
  config.level = record[1] & 0x1F;
  config.is_high_tier = (record[2] & 0x80) != 0;
  const bool is_deep = (record[2] & 0x40) != 0;
  config.bit_depth = is_deep ? ((record[2] & 0x20) != 0 ? 12 : 10) : 8;
  ByteView rest = record.subspan(kFixedSize);
  Obu obu;
  while (NextObu(rest, obu)) {
    if (obu.type == kSequenceHeader) ReadSize(obu.payload, config);
  }
  return true;
}

std::string CodecText(const Config& config) {
  std::string text = "av01.";
  AppendDecimal(text, config.profile);
  text += '.';
  AppendDecimal(text, config.level, 2);
  text += config.is_high_tier ? "H." : "M.";
  AppendDecimal(text, config.bit_depth, 2);
  return text;
}

bool NextObu(ByteView& rest, Obu& obu) {
  ByteReader in(rest);
  uint8_t header = 0;
  uint8_t extension = 0;
  if (!in.U8(header) || ((header & 0x04) != 0 && !in.U8(extension))) return false;
  uint64_t size = 0;
  if ((header & 0x02) == 0) {
    size = in.left();
  } else if (!ReadLeb128(in, size)) {
    return false;
  }
  if (!in.Take(size, obu.payload)) return false;
  obu.type = (header >> 3) & 0x0F;
  obu.whole = rest.first(rest.size() - in.left());
  rest = in.rest();
  return true;
}

}  // namespace weir::av1
