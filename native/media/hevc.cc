#include "media/hevc.h"

#include <algorithm>

#include "media/bits.h"
#include "media/codec_text.h"
#include "media/nal.h"

namespace weir::hevc {
namespace {

constexpr size_t kFixedSize = 23;  // of the record, up to and with the number of arrays
constexpr size_t kMaxSps = 1024;
constexpr uint32_t kMaxSide = 32768;

std::vector<ByteView>* ListOf(Config& config, uint8_t type) {
  switch (type) {
    case kVps:
      return &config.vps;
    case kSps:
      return &config.sps;
    case kPps:
      return &config.pps;
    case kPrefixSei:
      return &config.sei;
    default:
      return nullptr;
  }
}

// Of SEI only mastering display and content light level (H.265 D.2.1): x265 puts 2 KB of its own options there.
bool IsWanted(ByteView nal) {
  constexpr uint8_t kMasteringDisplay = 137;
  constexpr uint8_t kContentLight = 144;
  return TypeOf(nal) != kPrefixSei || nal[2] == kMasteringDisplay || nal[2] == kContentLight;
}

bool ReadArray(ByteReader& in, Config& config) {
  uint8_t type = 0;
  uint16_t count = 0;
  if (!in.U8(type) || !in.Be16(count)) return false;
  std::vector<ByteView>* list = ListOf(config, type & 0x3F);
  for (int i = 0; i < count; ++i) {
    uint16_t size = 0;
    ByteView nal;
    if (!in.Be16(size) || !in.Take(size, nal)) return false;
    if (list != nullptr && nal.size() > 2 && IsWanted(nal)) list->push_back(nal);
  }
  return true;
}

// profile_tier_level( 1, sub_layers ) of H.265 7.3.3.
void SkipProfile(BitReader& bits, uint32_t sub_layers) {
  constexpr size_t kProfileBits = 88;
  constexpr size_t kLevelBits = 8;
  bits.Skip(kProfileBits + kLevelBits);
  if (sub_layers == 0) return;
  const uint32_t present = bits.Bits(16);  // two flags for each of eight sub-layers
  for (uint32_t i = 0; i < sub_layers; ++i) {
    if (present & (0x8000U >> (2 * i))) bits.Skip(kProfileBits);
    if (present & (0x4000U >> (2 * i))) bits.Skip(kLevelBits);
  }
}

uint32_t Reversed(uint32_t value) {
  uint32_t reversed = 0;
  for (int i = 0; i < 32; ++i) reversed |= ((value >> i) & 1) << (31 - i);
  return reversed;
}

}  // namespace

bool ReadConfig(ByteView record, Config& config) {
  config = {};
  if (record.size() < kFixedSize) return false;
  const uint8_t* p = record.data();
  // Version 0 is written by encoders that followed the drafts.
  if (p[0] > 1) return false;
  config.profile_space = p[1] >> 6;
  config.is_high_tier = (p[1] & 0x20) != 0;
  config.profile = p[1] & 0x1F;
  config.compatibility = LoadBe32(p + 2);
  std::copy_n(p + 6, sizeof config.constraints, config.constraints);
  config.level = p[12];
  config.nal_length_size = (p[21] & 3) + 1;
  ByteReader in(record.subspan(kFixedSize));
  for (int i = 0; i < p[22]; ++i) {
    if (!ReadArray(in, config)) return false;
  }
  return true;
}

bool ReadSps(ByteView nal, Picture& picture) {
  uint8_t raw[kMaxSps];
  BitReader bits(ByteView(raw, Unescape(nal, raw)));
  bits.Skip(16 + 4);
  const uint32_t sub_layers = bits.Bits(3);
  bits.Skip(1);
  SkipProfile(bits, sub_layers);
  bits.ExpGolomb();
  uint32_t chroma = bits.ExpGolomb();
  if (chroma == 3 && bits.Flag()) chroma = 0;
  const uint64_t width = bits.ExpGolomb();
  const uint64_t height = bits.ExpGolomb();
  uint64_t crop[4] = {};  // left, right, top, bottom
  if (bits.Flag()) {
    for (uint64_t& side : crop) side = bits.ExpGolomb();
  }
  if (bits.is_broken()) return false;
  const uint64_t cut_x = (crop[0] + crop[1]) * (chroma == 1 || chroma == 2 ? 2 : 1);
  const uint64_t cut_y = (crop[2] + crop[3]) * (chroma == 1 ? 2 : 1);
  if (width > kMaxSide || height > kMaxSide || cut_x >= width || cut_y >= height) return false;
  picture = {static_cast<uint32_t>(width - cut_x), static_cast<uint32_t>(height - cut_y)};
  return true;
}

std::string CodecText(const Config& config) {
  std::string text = "hvc1.";
  if (config.profile_space > 0) text += static_cast<char>('A' + config.profile_space - 1);
  AppendDecimal(text, config.profile);
  text += '.';
  AppendHex(text, Reversed(config.compatibility));
  text += config.is_high_tier ? ".H" : ".L";
  AppendDecimal(text, config.level);
  size_t count = sizeof config.constraints;
  while (count > 0 && config.constraints[count - 1] == 0) --count;
  for (size_t i = 0; i < count; ++i) {
    text += '.';
    AppendHex(text, config.constraints[i]);
  }
  return text;
}

}  // namespace weir::hevc
