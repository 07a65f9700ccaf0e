// Reads chunks in tests and shows the messages as lines: "type csid/stream @time payload". Runs of ten and more equal
// bytes are shortened to "aa*128". Lifetime: values. Thread rule: pure functions.
#ifndef WEIR_TEST_NATIVE_PROTO_CHUNKS_H_
#define WEIR_TEST_NATIVE_PROTO_CHUNKS_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/chunk_writer.h"
#include "test/native/support/hex.h"

namespace weir::test {

inline std::string Shorten(ByteView bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size();) {
    size_t end = i;
    while (end < bytes.size() && bytes[end] == bytes[i]) ++end;
    const bool is_run = end - i >= 10;
    if (!is_run) end = i + 1;
    text += ToHex(bytes.subspan(i, 1));
    if (is_run) text += "*" + std::to_string(end - i) + " ";
    i = end;
  }
  return text;
}

inline std::string Show(const rtmp::Message& message) {
  return std::to_string(message.type) + " " + std::to_string(message.csid) + "/" + std::to_string(message.stream_id) +
         " @" + std::to_string(message.timestamp) + " " + Shorten(message.payload) + "\n";
}

struct ReadRun {
  std::string messages;
  Reason reason = Reason::kNone;
};

// Feeds the pieces one after the other. Each is gone when the next one comes, so that ASan sees a view that outlives
// its memory.
inline ReadRun ReadChunks(const std::vector<Buffer>& pieces, rtmp::ChunkReader::Limits limits = {}) {
  using Step = rtmp::ChunkReader::Step;
  rtmp::ChunkReader reader;
  reader.set_limits(limits);
  ReadRun run;
  for (const Buffer& piece : pieces) {
    const Buffer own(piece);
    ByteView in(own);
    Step step = Step::kMessage;
    while (step == Step::kMessage) {
      step = reader.Next(in);
      if (step == Step::kMessage) run.messages += Show(reader.message());
    }
    EXPECT_TRUE(step == Step::kBroken || in.empty());
    EXPECT_EQ(step == Step::kBroken, reader.reason() != Reason::kNone);
  }
  run.reason = reader.reason();
  return run;
}

inline std::vector<Buffer> Pieces(const Buffer& wire, size_t size) {
  std::vector<Buffer> pieces;
  for (size_t i = 0; i < wire.size(); i += size) {
    pieces.emplace_back(wire.begin() + i, wire.begin() + std::min(i + size, wire.size()));
  }
  return pieces;
}

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_PROTO_CHUNKS_H_
