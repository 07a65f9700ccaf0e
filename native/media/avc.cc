#include "media/avc.h"

#include "media/bits.h"
#include "media/codec_text.h"
#include "media/nal.h"

namespace weir::avc {
namespace {

constexpr uint8_t kRecordVersion = 1;
constexpr size_t kMaxSps = 1024;  // what is looked at: size and cropping stand in the first hundred bytes
constexpr uint32_t kMaxSide = 32768;

bool ReadSets(ByteReader& in, int count, std::vector<ByteView>& sets) {
  for (int i = 0; i < count; ++i) {
    uint16_t size = 0;
    ByteView nal;
    if (!in.Be16(size) || !in.Take(size, nal)) return false;
    if (!nal.empty()) sets.push_back(nal);
  }
  return true;
}

// Profiles whose parameter sets tell the chroma format (H.264 7.3.2.1.1).
bool HasChroma(uint32_t profile) {
  switch (profile) {
    case 100:
    case 110:
    case 122:
    case 244:
    case 44:
    case 83:
    case 86:
    case 118:
    case 128:
    case 138:
    case 139:
    case 134:
    case 135:
      return true;
    default:
      return false;
  }
}

void SkipScalingList(BitReader& bits, int size) {
  int64_t next = 8;
  for (int i = 0; i < size && next != 0 && !bits.is_broken(); ++i) next = (next + bits.SignedExpGolomb() + 256) % 256;
}

// Returns the chroma format; 1 is 4:2:0, 0 means no chroma or planes of their own.
uint32_t ReadChroma(BitReader& bits) {
  uint32_t chroma = bits.ExpGolomb();
  if (chroma == 3 && bits.Flag()) chroma = 0;
  bits.ExpGolomb();  // bit depths
  bits.ExpGolomb();
  bits.Skip(1);  // lossless flag
  if (!bits.Flag()) return chroma;
  const int lists = chroma == 3 ? 12 : 8;
  for (int i = 0; i < lists; ++i) {
    if (bits.Flag()) SkipScalingList(bits, i < 6 ? 16 : 64);
  }
  return chroma;
}

void SkipPictureOrder(BitReader& bits) {
  const uint32_t type = bits.ExpGolomb();
  if (type == 0) bits.ExpGolomb();
  if (type != 1) return;
  bits.Skip(1);
  bits.SignedExpGolomb();
  bits.SignedExpGolomb();
  const uint32_t cycle = bits.ExpGolomb();
  for (uint32_t i = 0; i < cycle && !bits.is_broken(); ++i) bits.SignedExpGolomb();
}

}  // namespace

bool ReadConfig(ByteView record, Config& config) {
  ByteReader in(record);
  uint8_t version = 0;
  uint8_t length_size = 0;
  uint8_t sps_count = 0;
  uint8_t pps_count = 0;
  config = {};
  if (!in.U8(version) || !in.U8(config.profile) || !in.U8(config.constraints) || !in.U8(config.level)) return false;
  if (version != kRecordVersion || !in.U8(length_size) || !in.U8(sps_count)) return false;
  config.nal_length_size = (length_size & 3) + 1;
  return ReadSets(in, sps_count & 0x1F, config.sps) && in.U8(pps_count) && ReadSets(in, pps_count, config.pps);
}

bool ReadSps(ByteView nal, Picture& picture) {
  uint8_t raw[kMaxSps];
  BitReader bits(ByteView(raw, Unescape(nal, raw)));
  bits.Skip(8);
  const uint32_t profile = bits.Bits(8);
  bits.Skip(16);
  bits.ExpGolomb();
  const uint32_t chroma = HasChroma(profile) ? ReadChroma(bits) : 1;
  bits.ExpGolomb();  // log2_max_frame_num
  SkipPictureOrder(bits);
  bits.ExpGolomb();  // reference frames
  bits.Skip(1);
  const uint64_t columns = uint64_t{bits.ExpGolomb()} + 1;
  const uint64_t rows = uint64_t{bits.ExpGolomb()} + 1;
  const bool frames_only = bits.Flag();
  if (!frames_only) bits.Skip(1);
  bits.Skip(1);
  uint64_t crop[4] = {};  // left, right, top, bottom
  if (bits.Flag()) {
    for (uint64_t& side : crop) side = bits.ExpGolomb();
  }
  if (bits.is_broken()) return false;
  const uint64_t field = frames_only ? 1 : 2;
  const uint64_t unit_x = chroma == 1 || chroma == 2 ? 2 : 1;
  const uint64_t unit_y = (chroma == 1 ? 2 : 1) * field;
  const uint64_t width = columns * 16;
  const uint64_t height = rows * 16 * field;
  const uint64_t cut_x = (crop[0] + crop[1]) * unit_x;
  const uint64_t cut_y = (crop[2] + crop[3]) * unit_y;
  if (width > kMaxSide || height > kMaxSide || cut_x >= width || cut_y >= height) return false;
  picture = {static_cast<uint32_t>(width - cut_x), static_cast<uint32_t>(height - cut_y)};
  return true;
}

std::string CodecText(const Config& config) {
  std::string text = "avc1.";
  for (const uint8_t byte : {config.profile, config.constraints, config.level}) AppendHex(text, byte, 2);
  return text;
}

}  // namespace weir::avc
