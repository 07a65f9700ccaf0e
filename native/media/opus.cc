#include "media/opus.h"

#include <algorithm>

namespace weir::opus {
namespace {

constexpr size_t kFixedSize = 19;
constexpr size_t kMappingSize = 2;  // and a byte for each channel
constexpr uint32_t kMaxPacket = 5760;

uint16_t LoadLe16(const uint8_t* p) { return static_cast<uint16_t>(p[0] | (p[1] << 8)); }

uint32_t FrameSamples(uint8_t configuration) {
  constexpr uint32_t kSilk[] = {480, 960, 1920, 2880};
  constexpr uint32_t kHybrid[] = {480, 960};
  constexpr uint32_t kCelt[] = {120, 240, 480, 960};
  if (configuration < 12) return kSilk[configuration & 3];
  return configuration < 16 ? kHybrid[configuration & 1] : kCelt[configuration & 3];
}

}  // namespace

bool ReadHead(ByteView bytes, Head& head) {
  head = {};
  if (bytes.empty()) return true;
  if (bytes.size() < kFixedSize || AsText(bytes.first(8)) != "OpusHead" || bytes[8] >> 4 != 0) return false;
  const uint8_t* p = bytes.data();
  head.channels = p[9];
  head.pre_skip = LoadLe16(p + 10);
  head.input_rate = LoadLe32(p + 12);
  head.gain = static_cast<int16_t>(LoadLe16(p + 16));
  head.mapping_family = p[18];
  if (head.channels == 0 || head.channels > kMaxChannels) return false;
  if (head.mapping_family == 0) {
    head.coupled = head.channels == 2 ? 1 : 0;
    return head.channels <= 2;
  }
  if (bytes.size() < kFixedSize + kMappingSize + head.channels) return false;
  head.streams = p[19];
  head.coupled = p[20];
  std::copy_n(p + 21, head.channels, head.mapping);
  return head.streams > 0 && head.coupled <= head.streams;
}

uint32_t PacketSamples(ByteView packet) {
  if (packet.empty()) return 0;
  uint32_t frames = (packet[0] & 3) == 0 ? 1 : 2;
  if ((packet[0] & 3) == 3) {
    if (packet.size() < 2) return 0;
    frames = packet[1] & 0x3F;
  }
  const uint32_t samples = frames * FrameSamples(packet[0] >> 3);
  return samples <= kMaxPacket ? samples : 0;
}

}  // namespace weir::opus
