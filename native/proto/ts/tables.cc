#include "proto/ts/tables.h"

#include <algorithm>

#include "proto/ts/crc32.h"

namespace weir::ts {
namespace {

constexpr uint8_t kPatTable = 0;
constexpr uint8_t kPmtTable = 2;
constexpr uint16_t kProgramNumber = 1;
constexpr uint8_t kRegistrationTag = 0x05;
constexpr uint8_t kExtensionTag = 0x7F;  // newer ffmpeg writes 3F here and can't read it again
constexpr uint8_t kOpusExtension = 0x80;

constexpr uint16_t Reserved3(uint16_t pid) { return 0xE000 | pid; }

// A section (H.222.0 2.4.4): table id, length, number, version, body, checksum; in a packet of its own.
void WriteSection(uint8_t* packet, uint16_t pid, uint8_t table, uint8_t version, ByteView body) {
  constexpr size_t kAfterLength = 5;
  constexpr size_t kCrc = 4;
  std::fill_n(packet, kPacketSize, uint8_t{0xFF});
  packet[0] = kSync;
  StoreBe16(packet + 1, 0x4000 | pid);
  packet[3] = 0x10;
  packet[4] = 0;  // the section begins at once
  uint8_t* p = packet + 5;
  p[0] = table;
  StoreBe16(p + 1, static_cast<uint32_t>(0xB000 | (kAfterLength + body.size() + kCrc)));
  StoreBe16(p + 3, 1);  // transport stream 1, or program 1
  p[5] = static_cast<uint8_t>(0xC1 | (version << 1));
  p[6] = 0;
  p[7] = 0;
  std::copy(body.begin(), body.end(), p + 8);
  const size_t size = 3 + kAfterLength + body.size();
  StoreBe32(p + size, Crc32(ByteView(p, size)));
}

void AppendStream(Buffer& body, StreamType type, uint16_t pid, ByteView descriptors) {
  AppendU8(body, type);
  AppendBe16(body, Reserved3(pid));
  AppendBe16(body, static_cast<uint32_t>(0xF000 | descriptors.size()));
  Append(body, descriptors);
}

}  // namespace

Tables::Tables() {
  Buffer body;
  AppendBe16(body, kProgramNumber);
  AppendBe16(body, Reserved3(kPmtPid));
  WriteSection(packets_, kPatPid, kPatTable, 0, body);
  WritePmt();
}

bool Tables::Set(const Program& program) {
  if (is_set_ && program == program_) return false;
  if (is_set_) version_ = (version_ + 1) & 0x1F;
  is_set_ = true;
  program_ = program;
  WritePmt();
  return true;
}

void Tables::Append(Buffer& out) {
  for (const size_t at : {size_t{0}, kPacketSize}) packets_[at + 3] = static_cast<uint8_t>(0x10 | continuity_);
  continuity_ = (continuity_ + 1) & 0x0F;
  weir::Append(out, ByteView(packets_));
}

void Tables::WritePmt() {
  Buffer body;
  AppendBe16(body, Reserved3(program_.pcr_pid()));
  AppendBe16(body, 0xF000);
  if (program_.video != kNoStream) AppendStream(body, program_.video, kVideoPid, {});
  const AudioKind& audio = program_.audio;
  if (audio.type == kPrivateData) {
    const uint8_t opus[] = {kRegistrationTag,   4, 'O', 'p', 'u', 's', kExtensionTag, 2, kOpusExtension,
                            audio.opus_channels};
    AppendStream(body, audio.type, kAudioPid, opus);
  } else if (audio.type != kNoStream) {
    AppendStream(body, audio.type, kAudioPid, {});
  }
  WriteSection(packets_ + kPacketSize, kPmtPid, kPmtTable, version_, body);
}

}  // namespace weir::ts
