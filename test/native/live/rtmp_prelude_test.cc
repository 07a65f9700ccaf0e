#include "live/rtmp_prelude.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/proto/chunks.h"

namespace weir {
namespace {

using test::Hex;

const std::string kAccess = test::Shorten(Hex("020011 7c52746d7053616d706c65416363657373 0101 0101"));

class RtmpPreludeTest : public testing::Test {
 protected:
  RtmpPreludeTest() {
    headers_.active[kVideoTrack] = headers_.active[kAudioTrack] = true;
    headers_.configs.push_back({kVideoTrack, 0, false, Hex("1700aa")});
    headers_.configs.push_back({kAudioTrack, 0, false, Hex("af00bb")});
    headers_.metadata = Hex("020001 6d");
    headers_.metadata_version = 1;
    prelude_.chunk_size = headers_.chunk_size;
  }
  // An entry whose tracks had their last message so many milliseconds before.
  static Entry At(int64_t dts, int32_t video = 0, int32_t audio = 0, int32_t data = 0) {
    Entry entry;
    entry.dts = dts;
    entry.back[kVideoTrack] = video;
    entry.back[kAudioTrack] = audio;
    entry.back[kDataTrack] = data;
    return entry;
  }
  Buffer Wire(const Entry& entry) {
    Buffer out;
    AppendRtmpPrelude(out, headers_, entry, clock_, prelude_);
    return out;
  }
  std::string Prelude(const Entry& entry) {
    uint32_t before = prelude_.chunk_size;
    Buffer setting = Hex("02 000000 000004 01 00000000");
    AppendBe32(setting, before);
    std::string text = test::ReadChunks({setting, Wire(entry)}).messages;
    return text.substr(text.find('\n') + 1);
  }

  StreamHeaders headers_;
  RtmpClock clock_;
  RtmpPrelude prelude_{1, 60000, {true, true, true}};
};

TEST_F(RtmpPreludeTest, BeginsTheReadersClockAtZeroWhereverTheStreamStands) {
  EXPECT_EQ(Prelude(At(18'000'000, 40, 23)),
            "18 4/1 @0 0200016d\n"
            "9 6/1 @0 1700aa\n"
            "8 7/1 @17 af00bb\n");
}

TEST_F(RtmpPreludeTest, WrapsMetadataWhereWeArePublishers) {
  prelude_.publishes = true;
  EXPECT_EQ(Prelude(At(1'000)).substr(0, 25), "18 4/1 @0 02000d407365744");
}

TEST_F(RtmpPreludeTest, ALaterOneContinuesThatClock) {
  Prelude(At(18'000'000));
  EXPECT_EQ(Prelude(At(18'060'000, 40, 0)), "9 6/1 @59960 1700aa\n8 7/1 @60000 af00bb\n");
}

TEST_F(RtmpPreludeTest, SendsMetadataOnceUntilItChanges) {
  Prelude(At(1'000));
  headers_.metadata = Hex("020001 6e");
  ++headers_.metadata_version;
  EXPECT_EQ(Prelude(At(2'000)).substr(0, 19), "18 4/1 @0 0200016e\n");
  headers_.metadata.clear();
  ++headers_.metadata_version;
  EXPECT_EQ(Prelude(At(3'000)).substr(0, 5), "9 6/1");
}

TEST_F(RtmpPreludeTest, GivesAbsoluteTimesWithAtc) {
  headers_.is_absolute = true;
  EXPECT_EQ(Prelude(At(100'000, 40, 0)), "18 4/1 @0 0200016d\n9 6/1 @99960 1700aa\n8 7/1 @100000 af00bb\n");
}

TEST_F(RtmpPreludeTest, RepeatsAnExtendedTimestampInEveryChunk) {
  headers_.is_absolute = true;
  headers_.chunk_size = prelude_.chunk_size = 2;
  headers_.metadata.clear();
  headers_.active[kAudioTrack] = false;
  // 18 000 000 ms: 0112a880.
  EXPECT_EQ(Wire(At(18'000'000)), Hex("06 ffffff 000003 09 01000000 0112a880 1700 c6 0112a880 aa"));
}

TEST_F(RtmpPreludeTest, TellsANewChunkSizeBeforeItUsesIt) {
  prelude_.chunk_size = 128;
  headers_.metadata = Buffer(200, 0xEE);
  EXPECT_EQ(Prelude(At(0)).substr(0, 45), "1 2/0 @0 0000ea60\n18 4/1 @0 ee*200 \n9 6/1 @0 ");
  EXPECT_EQ(prelude_.chunk_size, 60'000u);
  EXPECT_EQ(Prelude(At(0)).substr(0, 5), "9 6/1");
}

TEST_F(RtmpPreludeTest, LeavesOutATrackThatIsNotWantedOrNotThere) {
  prelude_.wants[kAudioTrack] = false;
  EXPECT_EQ(Prelude(At(0)), "18 4/1 @0 0200016d\n9 6/1 @0 1700aa\n");
  headers_.active[kVideoTrack] = false;
  EXPECT_EQ(Prelude(At(0)), "");
}

TEST_F(RtmpPreludeTest, SaysTheTimeOfATrackWithoutHeaders) {
  headers_.configs.clear();
  headers_.metadata.clear();
  EXPECT_EQ(Prelude(At(1'000, 0, 23)), "18 6/1 @23 " + kAccess + "\n18 7/1 @0 " + kAccess + "\n");
}

TEST_F(RtmpPreludeTest, FixesTheClockOfDataBehindTheMetadata) {
  headers_.active[kDataTrack] = true;
  EXPECT_EQ(Prelude(At(5'000, 0, 0, 500)),
            "18 4/1 @0 0200016d\n18 4/1 @0 " + kAccess + "\n9 6/1 @500 1700aa\n8 7/1 @500 af00bb\n");
}

TEST_F(RtmpPreludeTest, SendsEveryConfigurationOfATrackInItsOrder) {
  headers_.configs.insert(headers_.configs.begin(), {kVideoTrack, 0, true, Hex("5400")});
  headers_.configs.push_back({kVideoTrack, 1, false, Hex("1700cc")});
  headers_.metadata.clear();
  EXPECT_EQ(Prelude(At(0)), "9 6/1 @0 5400\n9 6/1 @0 1700aa\n9 6/1 @0 1700cc\n8 7/1 @0 af00bb\n");
}

TEST_F(RtmpPreludeTest, SpeaksOnTheReadersOwnStream) {
  prelude_.stream_id = 5;
  EXPECT_EQ(Prelude(At(0)), "18 4/5 @0 0200016d\n9 6/5 @0 1700aa\n8 7/5 @0 af00bb\n");
}

TEST_F(RtmpPreludeTest, NeverGivesANegativeTimeWhenTheStreamGoesBack) {
  Prelude(At(100'000));
  EXPECT_EQ(Prelude(At(50'000, 40)), "9 6/1 @0 1700aa\n8 7/1 @40 af00bb\n");
}

}  // namespace
}  // namespace weir
