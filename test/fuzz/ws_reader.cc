// Any bytes as a client's WebSocket frames: the messages must not depend on how the bytes are cut, memory holds only
// what arrived and never more than a message may have.
#include <cstdlib>

#include "proto/ws/frame_reader.h"
#include "test/fuzz/pieces.h"

namespace {

using weir::ws::FrameReader;
using weir::ws::Opcode;

constexpr uint32_t kMaxMessage = 512;

void Check(bool holds) {
  if (!holds) std::abort();
}

struct Messages {
  uint64_t hash = 0xcbf29ce484222325;
  weir::Reason reason = weir::Reason::kNone;

  void Add(const weir::ws::Message& message) {
    for (const uint64_t field :
         {static_cast<uint64_t>(message.opcode), uint64_t{message.close_code}, uint64_t{message.payload.size()}}) {
      Mix(field);
    }
    for (const uint8_t byte : message.payload) Mix(byte);
  }
  void Mix(uint64_t value) { hash = (hash ^ value) * 0x100000001b3; }
  bool operator==(const Messages&) const = default;
};

void CheckMessage(const weir::ws::Message& message) {
  const bool is_data = message.opcode == Opcode::kText || message.opcode == Opcode::kBinary;
  Check(message.payload.size() <= (is_data ? kMaxMessage : weir::ws::kMaxControlPayload));
  if (message.opcode == Opcode::kText || message.opcode == Opcode::kClose) Check(weir::IsUtf8(message.payload));
}

Messages ReadInPieces(weir::ByteView input, bool releases) {
  using Step = FrameReader::Step;
  FrameReader reader(kMaxMessage);
  Messages messages;
  weir::fuzz::ForEachPiece(input, [&](weir::ByteView in) {
    Step step = Step::kMessage;
    while (step == Step::kMessage) {
      step = reader.Next(in);
      if (step == Step::kMessage) {
        CheckMessage(reader.message());
        messages.Add(reader.message());
      }
      if (releases) reader.ReleaseBuffers();
    }
    Check(step == Step::kBroken || in.empty());
    Check(reader.buffered() <= std::min<size_t>(input.size(), kMaxMessage + weir::ws::kMaxControlPayload));
    return step == Step::kMore;
  });
  messages.reason = reader.reason();
  return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  weir::Buffer input(data, data + size);
  input[0] = 0;
  const Messages whole = ReadInPieces(input, false);
  input[0] = 255;
  Check(ReadInPieces(input, true) == whole);
  return 0;
}
