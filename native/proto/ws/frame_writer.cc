#include "proto/ws/frame_writer.h"

namespace weir::ws {
namespace {

constexpr uint8_t kFinal = 0x80;
constexpr uint8_t kLength16 = 126;
constexpr uint8_t kLength64 = 127;

// The longest beginning of at most `limit` bytes that cuts no character.
std::string_view CutAtCharacter(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  const auto is_continuation = [&](size_t at) { return (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80; };
  while (limit > 0 && is_continuation(limit)) --limit;
  return text.substr(0, limit);
}

}  // namespace

size_t WriteFrameHeader(uint8_t* out, Opcode opcode, uint64_t payload_size) {
  const size_t size = FrameHeaderSize(payload_size);
  out[0] = kFinal | static_cast<uint8_t>(opcode);
  if (size == 2) {
    out[1] = static_cast<uint8_t>(payload_size);
  } else if (size == 4) {
    out[1] = kLength16;
    StoreBe16(out + 2, static_cast<uint32_t>(payload_size));
  } else {
    out[1] = kLength64;
    StoreBe64(out + 2, payload_size);
  }
  return size;
}

void AppendFrame(Buffer& out, Opcode opcode, ByteView payload) {
  uint8_t header[kMaxFrameHeader];
  Append(out, ByteView(header, WriteFrameHeader(header, opcode, payload.size())));
  Append(out, payload);
}

void AppendClose(Buffer& out, uint16_t code, std::string_view reason) {
  Buffer payload;
  AppendBe16(payload, code);
  Append(payload, CutAtCharacter(reason, kMaxControlPayload - payload.size()));
  AppendFrame(out, Opcode::kClose, payload);
}

}  // namespace weir::ws
