#include "media/mp3.h"

namespace weir::mp3 {
namespace {

constexpr uint32_t kRates[] = {44100, 48000, 32000};
// Kilobits by index 1 to 14: MPEG 1 layers 1 to 3, then MPEG 2 layer 1, and layers 2 and 3.
constexpr uint16_t kBitRates[5][15] = {
    {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
};

uint16_t SamplesOf(const Header& header) {
  if (header.layer == 1) return 384;
  return header.layer == 3 && !header.is_mpeg1 ? 576 : 1152;
}

}  // namespace

bool ReadHeader(ByteView frame, Header& header) {
  if (frame.size() < kHeaderSize || frame[0] != 0xFF || (frame[1] & 0xE0) != 0xE0) return false;
  const int version = (frame[1] >> 3) & 3;  // 0 is MPEG 2.5, 2 is MPEG 2, 3 is MPEG 1
  const int layer = 4 - ((frame[1] >> 1) & 3);
  const int bit_rate = frame[2] >> 4;
  const int rate = (frame[2] >> 2) & 3;
  if (version == 1 || layer == 4 || bit_rate == 15 || rate == 3) return false;
  header = {.layer = static_cast<uint8_t>(layer), .is_mpeg1 = version == 3};
  header.channels = frame[3] >> 6 == 3 ? 1 : 2;
  header.samples = SamplesOf(header);
  header.sample_rate = kRates[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  const int row = header.is_mpeg1 ? layer - 1 : layer == 1 ? 3 : 4;
  const uint32_t bits = kBitRates[row][bit_rate] * 1000U;
  const uint32_t padding = (frame[2] >> 1) & 1;
  if (bits == 0) return true;
  header.size = layer == 1 ? (12 * bits / header.sample_rate + padding) * 4
                           : header.samples / 8 * bits / header.sample_rate + padding;
  return true;
}

}  // namespace weir::mp3
