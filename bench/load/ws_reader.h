// WsReader: reads the frames of a WebSocket server (RFC 6455, 5.2), strictly: unmasked, no extension, shortest lengths,
// binary messages only. A message's payload is handed on in pieces, whole messages are not kept. Sans-IO, resumable at
// any byte. Lifetime: payload() is valid until the memory of `in` goes, or the next call. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_WS_READER_H_
#define WEIR_BENCH_LOAD_WS_READER_H_

#include <cstdint>

#include "base/bytes.h"
#include "proto/ws/frame.h"

namespace weir::load {

class WsReader {
 public:
  enum class Step { kPayload, kPing, kClose, kMore, kBroken };

  // Consumes from the front of `in`. kPayload: payload() is a piece of a binary message. kPing: payload() is what the
  // pong repeats. kClose: close_code(); nothing behind it is read. kMore: all of `in` is consumed. kBroken: for good.
  [[nodiscard]] Step Next(ByteView& in);

  ByteView payload() const { return payload_; }
  uint16_t close_code() const { return close_code_; }
  const char* problem() const { return problem_; }

 private:
  enum class State : uint8_t { kHeader, kPayload, kControl, kClosed, kBroken };

  static constexpr size_t kMaxHeader = 10;

  bool OpenFrame();
  Step TakePayload(ByteView& in);
  Step TakeControl(ByteView& in);
  Step FinishControl();
  bool Break(const char* problem);

  State state_ = State::kHeader;
  uint8_t head_size_ = 0;
  uint8_t head_[kMaxHeader];
  uint64_t left_ = 0;  // of the frame's payload
  bool is_fragment_open_ = false;
  ws::Opcode opcode_ = ws::Opcode::kBinary;
  uint8_t control_size_ = 0;
  uint8_t control_[ws::kMaxControlPayload];
  ByteView payload_;
  uint16_t close_code_ = ws::kCloseNoCode;
  const char* problem_ = "";
};

// Writes a client's frame: masked, with what the mask is worth when nobody is to be protected: a fixed one. REQUIRES:
// at most 125 bytes.
void AppendClientFrame(Buffer& out, ws::Opcode opcode, ByteView payload);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_WS_READER_H_
