// Writes a server's WebSocket frames: unmasked, never fragmented. Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_PROTO_WS_FRAME_WRITER_H_
#define WEIR_PROTO_WS_FRAME_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "proto/ws/frame.h"

namespace weir::ws {

inline constexpr size_t kMaxFrameHeader = 10;

constexpr size_t FrameHeaderSize(uint64_t payload_size) {
  if (payload_size <= 125) return 2;
  return payload_size <= 0xFFFF ? 4 : 10;
}

// Writes FrameHeaderSize(payload_size) bytes and returns how many. REQUIRES: kMaxFrameHeader bytes at `out`.
size_t WriteFrameHeader(uint8_t* out, Opcode opcode, uint64_t payload_size);

void AppendFrame(Buffer& out, Opcode opcode, ByteView payload);
// `reason` is cut, at a character, to what a control frame holds.
void AppendClose(Buffer& out, uint16_t code, std::string_view reason);

}  // namespace weir::ws

#endif  // WEIR_PROTO_WS_FRAME_WRITER_H_
