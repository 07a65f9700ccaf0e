// What sampled viewers over HTTP prove: a faultless stream is faultless however it is cut, and every kind of harm is
// found.
#include "bench/load/body_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bench/load/ws_reader.h"
#include "proto/ws/frame_writer.h"
#include "test/native/bench/viewer_stream.h"

namespace weir::load {
namespace {

constexpr Millis kLength = 4'200;  // three key frames

// What a decoder would get, to compare two streams by.
class Recorder : public CheckSink {
 public:
  void OnMedia(const rtmp::Message& message) override {
    CheckSink::OnMedia(message);
    // Not what the stamp does not cover: the bytes before it, which say what kind of frame it is.
    size_t head = message.type == rtmp::kTypeVideo ? 5 : 2;
    ByteView media = message.payload.subspan(std::min(head, message.payload.size()));
    frames.emplace_back(media.begin(), media.end());
  }

  std::vector<Buffer> frames;
};

struct Outcome {
  CheckTotals totals;
  std::vector<Buffer> frames;
  std::string problem;  // empty: never broken
  Buffer answers;
};

Outcome Read(Protocol protocol, ByteView stream, size_t piece = 1'000) {
  auto reader = MakeBodyReader(protocol);
  Recorder sink;
  Outcome outcome;
  for (size_t at = 0; at < stream.size() && outcome.problem.empty(); at += piece) {
    ByteView in = stream.subspan(at, std::min(piece, stream.size() - at));
    if (!reader->Read(in, sink, outcome.answers)) outcome.problem = reader->problem();
  }
  outcome.totals = sink.totals;
  outcome.frames = std::move(sink.frames);
  return outcome;
}

Buffer Make(Protocol protocol) {
  if (protocol == Protocol::kFlv) return MakeFlv(kLength);
  return protocol == Protocol::kWsFlv ? MakeWsFlv(kLength) : Join(MakeFragments(kLength));
}

constexpr Protocol kAll[] = {Protocol::kFlv, Protocol::kWsFlv, Protocol::kTs};

bool IsFaultless(const Outcome& outcome) { return outcome.problem.empty() && outcome.totals.IsClean(); }

TEST(BodyReader, FindsNothingInAFaultlessStreamHoweverItIsCut) {
  for (Protocol protocol : kAll) {
    Buffer stream = Make(protocol);
    for (size_t piece : {size_t{1}, size_t{7}, size_t{187}, size_t{188}, size_t{4'096}, stream.size()}) {
      Outcome outcome = Read(protocol, stream, piece);
      EXPECT_TRUE(IsFaultless(outcome)) << static_cast<int>(protocol) << " in pieces of " << piece << outcome.problem;
      EXPECT_EQ(outcome.totals.stamped, outcome.totals.frames);
      EXPECT_GT(outcome.totals.frames, 250u);
    }
  }
}

// Found at once, or by the silence that follows; or nothing that a decoder gets has changed: stuffing, say.
bool IsFound(Protocol protocol, const Buffer& harmed, const Outcome& faultless) {
  Outcome outcome = Read(protocol, harmed);
  if (!IsFaultless(outcome)) return true;
  bool is_silent = outcome.frames.empty() || outcome.frames.back() != faultless.frames.back();
  return is_silent || outcome.frames == faultless.frames;
}

TEST(BodyReader, FindsOneFlippedBitAnywhere) {
  for (Protocol protocol : kAll) {
    Buffer stream = Make(protocol);
    Outcome faultless = Read(protocol, stream);
    // A prime step, so that the places fall on every part of frames, tags and packets.
    for (size_t at = 11; at < stream.size(); at += 1'009) {
      Buffer harmed = stream;
      harmed[at] ^= 0x20;
      EXPECT_TRUE(IsFound(protocol, harmed, faultless)) << static_cast<int>(protocol) << " at " << at;
    }
  }
}

TEST(BodyReader, FindsMissingBytesAnywhere) {
  for (Protocol protocol : kAll) {
    Buffer stream = Make(protocol);
    Outcome faultless = Read(protocol, stream);
    for (size_t at = 11; at + 10'000 < stream.size(); at += 4'001) {
      for (size_t size : {size_t{1}, size_t{188}, size_t{10'000}}) {
        Buffer harmed = stream;
        auto from = harmed.begin() + static_cast<std::ptrdiff_t>(at);
        harmed.erase(from, from + static_cast<std::ptrdiff_t>(size));
        EXPECT_TRUE(IsFound(protocol, harmed, faultless)) << static_cast<int>(protocol) << " at " << at;
      }
    }
  }
}

TEST(BodyReader, OverWebSocketAnswersPingsBetweenTags) {
  Buffer stream;
  flv::AppendWsFileStart(stream, {.audio = true, .video = true});
  ws::AppendFrame(stream, ws::Opcode::kPing, AsBytes("hi"));
  Buffer rest = MakeWsFlv(500);
  Buffer start;
  flv::AppendWsFileStart(start, {.audio = true, .video = true});
  Append(stream, ByteView(rest).subspan(start.size()));
  Outcome outcome = Read(Protocol::kWsFlv, stream, 3);
  EXPECT_TRUE(IsFaultless(outcome)) << outcome.problem;
  Buffer pong;
  AppendClientFrame(pong, ws::Opcode::kPong, AsBytes("hi"));
  EXPECT_EQ(outcome.answers, pong);
}

TEST(BodyReader, OverWebSocketTellsWhyItWasClosed) {
  Buffer stream = MakeWsFlv(500);
  ws::AppendClose(stream, ws::kClosePolicy, "no");
  EXPECT_EQ(Read(Protocol::kWsFlv, stream).problem, "closed by the server, code 1008");
}

}  // namespace
}  // namespace weir::load
