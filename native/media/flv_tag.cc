#include "media/flv_tag.h"

namespace weir::flv {
namespace {

constexpr uint8_t kAudioFlag = 0x04;
constexpr uint8_t kVideoFlag = 0x01;
constexpr uint8_t kFilterBit = 0x20;
constexpr uint8_t kTypeMask = 0x1F;
// A file header that claims more than this is garbage: real ones have 9 bytes.
constexpr uint32_t kMaxFileHeader = 64 * 1024;

}  // namespace

void WriteFileStart(uint8_t* out, bool has_audio, bool has_video) {
  out[0] = 'F';
  out[1] = 'L';
  out[2] = 'V';
  out[3] = 1;
  out[4] = static_cast<uint8_t>((has_audio ? kAudioFlag : 0) | (has_video ? kVideoFlag : 0));
  StoreBe32(out + 5, kFileHeaderSize);
  StoreBe32(out + kFileHeaderSize, 0);
}

bool ReadFileHeader(const uint8_t* in, FileHeader& header) {
  if (in[0] != 'F' || in[1] != 'L' || in[2] != 'V') return false;
  const uint32_t size = LoadBe32(in + 5);
  if (size < kFileHeaderSize || size > kMaxFileHeader) return false;
  header = {.has_audio = (in[4] & kAudioFlag) != 0, .has_video = (in[4] & kVideoFlag) != 0, .size = size};
  return true;
}

void WriteTagHeader(uint8_t* out, uint8_t type, uint32_t size, uint32_t timestamp) {
  out[0] = type;
  StoreBe24(out + 1, size);
  WriteTagTimestamp(out, timestamp);
  StoreBe24(out + 8, 0);
}

void WriteTagTimestamp(uint8_t* tag, uint32_t timestamp) {
  StoreBe24(tag + 4, timestamp);
  tag[7] = static_cast<uint8_t>(timestamp >> 24);
}

TagHeader ReadTagHeader(const uint8_t* in) {
  return {.type = static_cast<uint8_t>(in[0] & kTypeMask),
          .is_filtered = (in[0] & kFilterBit) != 0,
          .size = LoadBe24(in + 1),
          .timestamp = LoadBe24(in + 4) | (uint32_t{in[7]} << 24),
          .stream_id = LoadBe24(in + 8)};
}

void WriteBackPointer(uint8_t* out, uint32_t body_size) {
  StoreBe32(out, static_cast<uint32_t>(body_size + kTagHeaderSize));
}

}  // namespace weir::flv
