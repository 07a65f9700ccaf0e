// The checks of the load generator: each fault that it claims to find is made here, and found.
#include "bench/load/stream_check.h"

#include <gtest/gtest.h>

#include <vector>

#include "bench/load/synthetic_source.h"

namespace weir::load {
namespace {

struct Sent {
  uint8_t type;
  uint32_t timestamp;
  Buffer payload;
};

constexpr Micros kFrameSent = 1'000'000;
constexpr Micros kReceived = 1'030'000;

// Two seconds and a bit: a key frame, its GOP, and the next key frame.
std::vector<Sent> MakeStream() {
  SyntheticSource source(500'000);
  std::vector<Sent> stream;
  while (source.next_time() < 2'200) {
    MediaMessage message = source.Next(kFrameSent);
    stream.push_back(
        {message.type, static_cast<uint32_t>(message.time), {message.payload.begin(), message.payload.end()}});
  }
  return stream;
}

CheckTotals Check(const std::vector<Sent>& stream) {
  StreamCheck check;
  CheckTotals totals;
  for (const Sent& sent : stream) {
    rtmp::Message message{.type = sent.type, .timestamp = sent.timestamp, .payload = sent.payload};
    check.OnMedia(message, kReceived, 0, totals);
  }
  return totals;
}

// The n-th frame of the type, headers not counted.
size_t FrameAt(const std::vector<Sent>& stream, uint8_t type, int n) {
  for (size_t i = 0; i < stream.size(); ++i) {
    bool is_header = stream[i].payload[1] == 0;
    if (stream[i].type == type && !is_header && n-- == 0) return i;
  }
  ADD_FAILURE() << "no such frame";
  return 0;
}

TEST(StreamCheck, FindsNothingInAFaultlessStream) {
  std::vector<Sent> stream = MakeStream();
  CheckTotals totals = Check(stream);
  EXPECT_TRUE(totals.IsClean());
  EXPECT_EQ(totals.stamped, totals.frames);
  EXPECT_EQ(totals.frames, stream.size() - 3);
  EXPECT_EQ(totals.latency.count(), totals.frames);
  EXPECT_DOUBLE_EQ(totals.latency.PercentileMs(0.5), 30);
}

TEST(StreamCheck, CountsAMissingFrameOfEachKind) {
  for (uint8_t type : {rtmp::kTypeAudio, rtmp::kTypeVideo}) {
    std::vector<Sent> stream = MakeStream();
    stream.erase(stream.begin() + static_cast<std::ptrdiff_t>(FrameAt(stream, type, 10)));
    CheckTotals totals = Check(stream);
    EXPECT_EQ(totals.gaps, 1u);
    EXPECT_EQ(totals.missing, 1u);
  }
}

TEST(StreamCheck, WantsAKeyFrameBehindAGap) {
  std::vector<Sent> stream = MakeStream();
  stream.erase(stream.begin() + static_cast<std::ptrdiff_t>(FrameAt(stream, rtmp::kTypeVideo, 10)));
  EXPECT_EQ(Check(stream).starts_without_key, 1u);

  // A skip to the next key frame is a gap, but a decodable one.
  stream = MakeStream();
  for (int i = 0; i < 40; ++i) {
    stream.erase(stream.begin() + static_cast<std::ptrdiff_t>(FrameAt(stream, rtmp::kTypeVideo, 10)));
  }
  CheckTotals totals = Check(stream);
  EXPECT_EQ(totals.gaps, 1u);
  EXPECT_EQ(totals.missing, 40u);
  EXPECT_EQ(totals.starts_without_key, 0u);
}

TEST(StreamCheck, WantsAKeyFrameFirst) {
  std::vector<Sent> stream = MakeStream();
  stream.erase(stream.begin() + static_cast<std::ptrdiff_t>(FrameAt(stream, rtmp::kTypeVideo, 0)));
  EXPECT_EQ(Check(stream).starts_without_key, 1u);
}

TEST(StreamCheck, SeesOneChangedByteAnywhere) {
  for (uint8_t type : {rtmp::kTypeAudio, rtmp::kTypeVideo}) {
    std::vector<Sent> stream = MakeStream();
    size_t frame = FrameAt(stream, type, 5);
    stream[frame].payload.back() ^= 0x10;
    EXPECT_EQ(Check(stream).corrupt, 1u);

    stream = MakeStream();
    stream[frame].payload.pop_back();
    EXPECT_EQ(Check(stream).corrupt, 1u);
  }
}

TEST(StreamCheck, SeesRepeatedFramesAndTimesThatRunBackwards) {
  std::vector<Sent> stream = MakeStream();
  size_t frame = FrameAt(stream, rtmp::kTypeVideo, 10);
  stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(frame), stream[frame]);
  EXPECT_EQ(Check(stream).repeated, 1u);

  stream = MakeStream();
  stream[frame].timestamp -= 100;
  EXPECT_EQ(Check(stream).backwards, 1u);

  stream = MakeStream();
  for (size_t i = frame; i < stream.size(); ++i) stream[i].timestamp += 5'000;
  EXPECT_EQ(Check(stream).jumps, 2u);  // audio and video
}

TEST(StreamCheck, SaysWhenAClockDoesNotBeginNearZero) {
  std::vector<Sent> stream = MakeStream();
  for (Sent& sent : stream) sent.timestamp += 18'000'000;
  CheckTotals totals = Check(stream);
  EXPECT_EQ(totals.starts_late, 2u);
  EXPECT_GE(totals.first_timestamp_max, 18'000'000u);
}

TEST(StreamCheck, TakesAPublisherThatBeginsAnewForNoFault) {
  std::vector<Sent> stream = MakeStream();
  StreamCheck check;
  CheckTotals totals;
  uint32_t offset = 0;
  for (Micros sent : {kFrameSent, kFrameSent + 5'000'000}) {
    SyntheticSource source(500'000);
    while (source.next_time() < 2'000) {
      MediaMessage message = source.Next(sent);
      auto timestamp = static_cast<uint32_t>(message.time) + offset;
      check.OnMedia({.type = message.type, .timestamp = timestamp, .payload = message.payload}, kReceived, 0, totals);
    }
    offset += 2'000;
  }
  EXPECT_TRUE(totals.IsClean());
  EXPECT_EQ(totals.republishes, 2u);  // audio and video
}

}  // namespace
}  // namespace weir::load
