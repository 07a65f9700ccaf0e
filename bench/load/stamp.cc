#include "bench/load/stamp.h"

#include <cstring>

namespace weir::load {
namespace {

// Random, but without a zero byte.
constexpr uint8_t kUuid[16] = {0x5f, 0x2c, 0xa1, 0x9e, 0x77, 0x31, 0x4d, 0xb8,
                               0x91, 0x0e, 0xc4, 0x6a, 0xd3, 0x58, 0xe2, 0x1b};
constexpr size_t kAvcHeader = 5;    // frame type and codec, packet type, composition time
constexpr size_t kAudioHeader = 2;  // format, AAC packet type
constexpr size_t kSeiHead = 7;
constexpr uint8_t kStopBit = 0x80;
constexpr uint8_t kNalSei = 6;
constexpr uint8_t kUserDataUnregistered = 5;  // H.264 D.1.7

uint64_t Hash(ByteView bytes) {
  constexpr uint64_t kPrime = 0x9e3779b97f4a7c15;
  uint64_t hash = bytes.size() * kPrime;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 29;
  }
  for (; i < bytes.size(); ++i) hash = (hash ^ bytes[i]) * kPrime;
  return hash ^ (hash >> 32);
}

void PutHex(uint8_t* out, uint64_t value) {
  for (int i = 0; i < 16; ++i) out[i] = static_cast<uint8_t>("0123456789abcdef"[(value >> (60 - 4 * i)) & 15]);
}

bool GetHex(const uint8_t* in, uint64_t& value) {
  value = 0;
  for (int i = 0; i < 16; ++i) {
    uint8_t c = in[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    value = value << 4 | static_cast<uint64_t>(digit);
  }
  return true;
}

// Length, NAL header, payload type and payload size of the message that the stamp is in; behind it a stop bit.
void PutSeiHead(uint8_t* out) {
  StoreBe32(out, kSeiSize - 4);
  out[4] = kNalSei;
  out[5] = kUserDataUnregistered;
  out[6] = kStampSize;
}

bool IsSei(const uint8_t* in) {
  uint8_t head[kSeiHead];
  PutSeiHead(head);
  return std::memcmp(in, head, sizeof head) == 0 && in[kSeiSize - 1] == kStopBit;
}

void PutStamp(uint8_t* out, const Stamp& stamp) {
  std::memcpy(out, kUuid, sizeof kUuid);
  PutHex(out + 16, stamp.number);
  PutHex(out + 32, static_cast<uint64_t>(stamp.sent));
  PutHex(out + 48, stamp.hash);
}

}  // namespace

bool IsStampable(ByteView video) {
  constexpr uint8_t kAvc = 7;
  return video.size() > kAvcHeader && (video[0] & 0x8f) == kAvc && video[1] == 1;
}

void StampVideo(ByteView frame, uint64_t number, Micros sent, Buffer& out) {
  ByteView rest = frame.subspan(kAvcHeader);
  out.resize(frame.size() + kSeiSize);
  std::memcpy(out.data(), frame.data(), kAvcHeader);
  uint8_t* sei = out.data() + kAvcHeader;
  PutSeiHead(sei);
  PutStamp(sei + kSeiHead, {number, sent, Hash(rest)});
  sei[kSeiSize - 1] = kStopBit;
  std::memcpy(sei + kSeiSize, rest.data(), rest.size());
}

void StampAudio(Buffer& frame, uint64_t number, Micros sent) {
  ByteView rest = ByteView(frame).subspan(kAudioHeader + kStampSize);
  PutStamp(frame.data() + kAudioHeader, {number, sent, Hash(rest)});
}

StampCheck ReadStamp(bool video, ByteView payload, Stamp& stamp) {
  size_t at = video ? kAvcHeader + kSeiHead : kAudioHeader;
  size_t end = at + kStampSize + (video ? 1 : 0);
  if (payload.size() < end || std::memcmp(payload.data() + at, kUuid, sizeof kUuid) != 0) return StampCheck::kNone;
  if (video && !IsSei(payload.data() + kAvcHeader)) return StampCheck::kCorrupt;
  const uint8_t* fields = payload.data() + at + sizeof kUuid;
  uint64_t sent = 0;
  if (!GetHex(fields, stamp.number) || !GetHex(fields + 16, sent) || !GetHex(fields + 32, stamp.hash)) {
    return StampCheck::kCorrupt;
  }
  stamp.sent = static_cast<Micros>(sent);
  return Hash(payload.subspan(end)) == stamp.hash ? StampCheck::kValid : StampCheck::kCorrupt;
}

}  // namespace weir::load
