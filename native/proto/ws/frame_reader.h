// Reads a client's WebSocket frames: unmasks, joins fragments, checks. Sans-IO and resumable at any byte; a pull
// parser. Lifetime: of a connection; message().payload is valid until the next call of Next or ReleaseBuffers. Thread
// rule: one thread at a time.
#ifndef WEIR_PROTO_WS_FRAME_READER_H_
#define WEIR_PROTO_WS_FRAME_READER_H_

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/reason.h"
#include "base/utf8.h"
#include "proto/ws/frame.h"

namespace weir::ws {

// A whole message, or a control frame between the fragments of one.
struct Message {
  Opcode opcode = Opcode::kBinary;     // never kContinuation
  uint16_t close_code = kCloseNoCode;  // of kClose
  ByteView payload = {};               // of kClose: the reason, UTF-8; of kPing: what the pong must repeat
};

class FrameReader {
 public:
  enum class Step { kMessage, kMore, kBroken };

  // `max_message` also bounds a frame: 64 KiB are plenty for viewers, who only talk; publishers get more.
  explicit FrameReader(uint32_t max_message = 64 * 1024) : max_message_(max_message) {}
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  // Consumes from the front of `in`. kMessage: message() is ready, call again for the next. kMore: all of `in` is
  // consumed. kBroken: for good; say CloseCodeOf(reason()) and close. After a close frame whatever comes is ignored.
  [[nodiscard]] Step Next(ByteView& in);

  const Message& message() const { return message_; }
  Reason reason() const { return reason_; }
  // Holds for frames that begin from now on.
  void set_max_message(uint32_t bytes) { max_message_ = bytes; }
  // Bytes of a message that is not complete yet.
  size_t buffered() const { return state_ == State::kReported ? joined_ : buffer_.size(); }
  // Frees memory that no incomplete message needs.
  void ReleaseBuffers();

 private:
  enum class State : uint8_t { kHeader, kPayload, kReported, kClosed, kBroken };

  static constexpr size_t kMaxHeader = 2 + 8 + 4;  // RFC 6455, 5.2

  bool ReadHeader(ByteView& in);
  bool FillHead(ByteView& in, size_t wanted);
  bool CheckFirstBytes();
  bool OpenFrame();
  bool ReadPayload(ByteView& in);
  Opcode MessageKind() const;
  bool FinishFrame();
  bool DeliverClose(ByteView payload);
  void ForgetMessage();
  bool Break(Reason reason);

  Buffer buffer_;      // fragments so far, behind them the payload of the current frame
  size_t joined_ = 0;  // how much of it are the fragments of complete frames
  uint64_t frame_left_ = 0;
  Message message_;
  uint32_t max_message_;
  Utf8Checker utf8_;
  State state_ = State::kHeader;
  Reason reason_ = Reason::kNone;
  Opcode joining_ = Opcode::kContinuation;  // kind of the message that fragments belong to; kContinuation: none
  uint8_t mask_at_ = 0;                     // which byte of the mask is next
  uint8_t head_size_ = 0;
  uint8_t head_[kMaxHeader];
};

static_assert(sizeof(FrameReader) <= 96, "every viewer over WebSocket has one");

// What a broken connection is told: 1002, 1007 or 1009.
uint16_t CloseCodeOf(Reason reason);

}  // namespace weir::ws

#endif  // WEIR_PROTO_WS_FRAME_READER_H_
