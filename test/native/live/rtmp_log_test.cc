#include "live/rtmp_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>

#include "test/native/live/log_reader.h"

namespace weir {
namespace {

using test::Hex;
using test::LogReader;
using Where = SegmentHolder::Where;

// "|RtmpSampleAccess" true true: what says the time where there is nothing else to say.
const char* kAccess = "020011 7c52746d7053616d706c65416363657373 0101 0101";

class RtmpLogTest : public testing::Test {
 protected:
  RtmpLogTest() { headers_.active[kVideoTrack] = headers_.active[kAudioTrack] = true; }

  bool Write(Track track, int64_t dts, const std::string& hex, bool is_key = false, bool changed = false) {
    static constexpr uint8_t kTypes[] = {9, 8, 18};
    Buffer payload = Hex(hex);
    return log_.Write({track, kTypes[track], payload, is_key, dts}, headers_, changed);
  }
  bool Video(int64_t dts, bool is_key = false) { return Write(kVideoTrack, dts, is_key ? "1701" : "2701", is_key); }
  bool Audio(int64_t dts) { return Write(kAudioTrack, dts, "af01"); }

  MemoryBudget budget_{int64_t{1} << 40};
  StreamHeaders headers_;
  RtmpLog log_{budget_};
};

TEST_F(RtmpLogTest, WritesType1HeadersWithDeltas) {
  LogReader reader(log_);
  Video(100, true);
  Video(140);
  Audio(150);
  Video(6'140);
  // Chunk stream 6 or 7, delta, length, type.
  EXPECT_EQ(reader.ReadRaw(), Hex("46 000000 000002 09 1701"));
  EXPECT_EQ(reader.ReadRaw(), Hex("46 000028 000002 09 2701"));
  EXPECT_EQ(reader.ReadRaw(), Hex("47 000032 000002 08 af01"));
  // After more than five seconds an empty message on each chunk stream says the time.
  EXPECT_EQ(reader.ReadRaw(), Hex("46 001770 000000 09"));
  EXPECT_EQ(reader.ReadRaw(), Hex("47 001766 000000 08"));
  EXPECT_EQ(reader.ReadRaw(), Hex("46 000000 000002 09 2701"));
}

TEST_F(RtmpLogTest, CutsAPayloadAtTheChunkSize) {
  headers_.chunk_size = 4;
  LogReader reader(log_);
  Write(kVideoTrack, 0, "1701 aaaa aaaa bbbb", true);
  Write(kAudioTrack, 0, "af01 cccc");
  Write(kAudioTrack, 0, "af01 cccc dd");
  EXPECT_EQ(reader.ReadRaw(), Hex("46 000000 000008 09 1701aaaa c6 aaaabbbb"));
  EXPECT_EQ(reader.ReadRaw(), Hex("47 000000 000004 08 af01cccc"));
  EXPECT_EQ(reader.ReadRaw(), Hex("47 000000 000005 08 af01cccc c7 dd"));
}

TEST_F(RtmpLogTest, AStepOfMoreThanTenSecondsIsARebase) {
  LogReader reader(log_, Where::kTail);
  headers_.active[kAudioTrack] = false;
  Video(0, true);
  Video(10'000);
  EXPECT_EQ(log_.log().rebase_count(), 1u);
  Video(20'001);
  EXPECT_EQ(log_.log().rebase_count(), 2u);
  Video(1'000'000);
  Video(1'000'040);
  EXPECT_EQ(log_.log().rebase_count(), 3u);
  std::string text = reader.Read();
  EXPECT_NE(text.find("9 6/1 @1000040 2701"), std::string::npos) << text;
}

TEST_F(RtmpLogTest, ALittleStepBackBecomesNoneAndALargeOneARebase) {
  LogReader reader(log_, Where::kTail);
  Video(5'000, true);
  Video(4'500);
  Video(5'040);
  EXPECT_EQ(log_.log().rebase_count(), 1u);
  Video(4'000);
  EXPECT_EQ(log_.log().rebase_count(), 2u);
  EXPECT_EQ(reader.ReadRaw().size(), 10u);
  EXPECT_EQ(reader.ReadRaw(), Hex("46 000000 000002 09 2701"));
  EXPECT_EQ(reader.ReadRaw(), Hex("46 000028 000002 09 2701"));
}

TEST_F(RtmpLogTest, NewHeadersAreARebaseAndHoldFromThereOn) {
  headers_.version = 1;
  Video(0, true);
  Video(40);
  uint64_t second = log_.log().tail();
  headers_.version = 2;
  Write(kVideoTrack, 80, "1701", true, true);
  EXPECT_EQ(log_.log().rebase_count(), 2u);
  EXPECT_EQ(log_.log().RebaseOffset(2), second);
  EXPECT_EQ(log_.HeadersAt(0)->version, 1u);
  EXPECT_EQ(log_.HeadersAt(second - 1)->version, 1u);
  EXPECT_EQ(log_.HeadersAt(second)->version, 2u);
  EXPECT_EQ(log_.HeadersAt(second + 100)->version, 2u);
}

TEST_F(RtmpLogTest, KnowsNoHeadersBeforeItsFirstEntryAndForgetsOldOnesInTheEnd) {
  EXPECT_EQ(log_.HeadersAt(0), nullptr);
  for (uint32_t i = 1; i <= 100; ++i) {
    headers_.version = i;
    Write(kVideoTrack, i * 40, "1701", true, true);
  }
  EXPECT_EQ(log_.HeadersAt(log_.log().tail())->version, 100u);
  EXPECT_EQ(log_.HeadersAt(0)->version, 37u);  // 64 are kept
}

TEST_F(RtmpLogTest, AnIdleTrackGetsAnAnchorAtAKeyFrameAndNotLaterThanAfterFiveSeconds) {
  LogReader reader(log_, Where::kTail);
  Video(0, true);
  Audio(0);
  for (int64_t dts = 40; dts < 8'000; dts += 40) Video(dts, dts == 2'000);
  std::string anchors;
  std::string text = reader.Read();
  for (size_t at = 0; at < text.size();) {
    size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    if (line.find("8 7/1") == 0) anchors += line + "\n";
    at = end + 1;
  }
  EXPECT_EQ(anchors, "8 7/1 @0 af01\n8 7/1 @2000 \n8 7/1 @7040 \n");
}

TEST_F(RtmpLogTest, AnIdleDataTrackIsAnchoredByWhatNobodyReads) {
  headers_.active[kDataTrack] = true;
  LogReader reader(log_, Where::kTail);
  Write(kDataTrack, 0, "020001 61");
  Video(0, true);
  reader.Read();
  Video(200, true);
  std::string access = test::Shorten(Hex(kAccess));
  EXPECT_EQ(reader.Read(), "9 6/1 @200 \n8 7/1 @200 \n18 4/1 @200 " + access + "\n9 6/1 @200 1701\n");
}

TEST_F(RtmpLogTest, AnchorsAreNoPlaceToJoinAndBelongToTheFormat) {
  Video(0, true);
  Video(1'000, true);
  SegmentHolder holder(log_.log());
  Cursor cursor;
  holder.Enter(cursor, Where::kNewestKey);
  const Segment& segment = *cursor.segment;
  ASSERT_EQ(segment.count(), 4u);  // the frame, two anchors, the frame
  EXPECT_TRUE(segment.entry(1).is(Entry::kControl));
  EXPECT_FALSE(segment.entry(1).is(Entry::kKey));
  EXPECT_EQ(cursor.offset, segment.entry(3).offset);
  // Who joins here begins at 0.
  for (int32_t back : segment.entry(3).back) EXPECT_LE(back, 1'000);
  EXPECT_EQ(segment.entry(3).back[kVideoTrack], 0);
  EXPECT_EQ(segment.entry(3).back[kAudioTrack], 0);
  holder.Leave(cursor);
}

TEST_F(RtmpLogTest, AFailedWriteMakesARebaseOfTheNextOne) {
  LogReader reader(log_, Where::kTail);
  ASSERT_TRUE(Video(0, true));
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = 0;
  setrlimit(RLIMIT_NOFILE, &none);
  std::string large(1'200'000, 'a');  // does not fit into the first segment
  EXPECT_FALSE(Write(kVideoTrack, 40, large));
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(Video(80));
  EXPECT_EQ(log_.log().rebase_count(), 2u);
  std::string text = reader.Read();
  EXPECT_NE(text.find("9 6/1 @80 2701\n"), std::string::npos);
}

TEST_F(RtmpLogTest, DeltasStayInBoundsWhateverComes) {
  uint32_t state = 5;
  auto next = [&state](uint32_t below) { return (state = state * 1664525 + 1013904223) / 65536 % below; };
  LogReader reader(log_, Where::kTail);
  int64_t dts[kTracks] = {};
  for (int i = 0; i < 5'000; ++i) {
    auto track = static_cast<Track>(next(kTracks));
    headers_.active[kDataTrack] = true;
    int64_t jump = next(30) == 0 ? static_cast<int64_t>(next(60'000)) - 30'000 : next(100);
    dts[track] += jump;
    ASSERT_TRUE(Write(track, dts[track], "0000", track == kVideoTrack && next(20) == 0, next(200) == 0));
  }
  for (int i = 0;; ++i) {
    Buffer entry = reader.ReadRaw();
    if (entry.empty()) break;
    ASSERT_EQ(entry[0] >> 6, 1) << i;
    ASSERT_LE(LoadBe24(entry.data() + 1), 10'000u) << i;
  }
}

}  // namespace
}  // namespace weir
