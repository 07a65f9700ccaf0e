// The program as a whole: its clock, what it lists, where it may be cut.
#include "test/native/proto/ts_stream.h"

namespace weir::test {
namespace {

TEST(TsMuxer, KeepsTheClockWithin100MsWhateverTheFrameRate) {
  for (const int interval : {5, 40, 100, 101, 250, 1000}) {
    TsStream stream;
    stream.Write(kVideo, kAvcHeader, 0);
    for (int i = 0; i < 50; ++i) stream.Write(kVideo, i % 10 == 0 ? kKey : kInter, i * interval);
    for (size_t i = 1; i < stream.transport.pcrs.size(); ++i) {
      const int64_t step = stream.transport.pcrs[i] - stream.transport.pcrs[i - 1];
      EXPECT_TRUE(step > 0 && step <= 9000) << interval;
    }
    EXPECT_TRUE(stream.transport.pcr_jumps.empty());
  }
}

TEST(TsMuxer, LetsAudioDriveTheClockOfSilentVideo) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  for (int i = 0; i < 130; ++i) stream.Write(kAudio, kAac, AacTime(i));  // 3 s
  const int64_t newest = stream.transport.pcrs.back();
  EXPECT_GT(newest, 63000 + 2 * 90000);
  stream.Write(kVideo, kInter, 2600);  // late: the clock does not go back
  EXPECT_GT(stream.transport.pcrs.back(), newest);
  EXPECT_LT(stream.last().pcr, stream.last().dts);
  EXPECT_TRUE(stream.transport.pcr_jumps.empty());
}

TEST(TsMuxer, ListsOnlyTracksThatAreThere) {
  constexpr const char* kAacStream = "0f e101 f000";
  constexpr const char* kAvcStream = "1b e100 f000";
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  int64_t dts = 0;
  for (; dts <= 4960; dts += 40) stream.Write(kVideo, dts % 1000 == 0 ? kKey : kInter, dts);
  EXPECT_TRUE(stream.Lists(kAacStream));  // announced, and may still come
  for (; dts <= 6000; dts += 40) stream.Write(kVideo, dts % 1000 == 0 ? kKey : kInter, dts);
  EXPECT_FALSE(stream.Lists(kAacStream));
  EXPECT_EQ(stream.transport.pmt_version, 1);
  for (; dts <= 7000; dts += 20) stream.Write(kAudio, kAac, dts);
  EXPECT_TRUE(stream.Lists(kAacStream));
  EXPECT_TRUE(stream.Lists(kAvcStream));
  // Video stops: by and by the stream is audio only, and audio can be joined.
  bool is_joinable = false;
  for (; dts <= 12000; dts += 20) is_joinable |= stream.Write(kAudio, kAac, dts).is_joinable;
  EXPECT_TRUE(is_joinable);
  EXPECT_FALSE(stream.Lists(kAvcStream));
  EXPECT_TRUE(stream.Write(kVideo, kKey, dts).is_joinable);
  EXPECT_TRUE(stream.Lists(kAvcStream));
}

TEST(TsMuxer, ForgetsNoTrackInAStandstill) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  stream.Write(kAudio, kAac, 0);
  stream.Flush();
  stream.Write(kAudio, kAac, 9000);
  stream.Flush();
  stream.Write(kVideo, kKey, 9000);
  EXPECT_EQ(stream.transport.pmt_version, 0);
}

TEST(TsMuxer, BeginsWithTablesWhereItIsTold) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, kKey, 0);
  stream.muxer.Cut();
  const ts::Written written = stream.Write(kVideo, kInter, 40);
  EXPECT_TRUE(written.has_tables);
  EXPECT_FALSE(written.is_joinable);
  EXPECT_FALSE(stream.Write(kVideo, kInter, 80).has_tables);
}

TEST(TsMuxer, ListsAnotherVideoCodecWithItsFirstPicture) {
  const std::string record =
      "01 01 60000000 900000000000 1e f000fcfdf8f800000f 03 a00001 0003 400101 a10001 0003 420101 a20001 0003 4401c0";
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  stream.Write(kVideo, "1c 00 000000" + record, 40);
  stream.Write(kAudio, kAac, 40);
  stream.Flush();
  EXPECT_TRUE(stream.Lists("1b e100 f000")) << "this sound may end the fragment of before";
  const Buffer key = Hex("1c 01 000000 00000003 260102");
  EXPECT_TRUE(stream.muxer.Read(kVideo, key).is_new_init) << "and with the picture a new one begins";
  stream.Write(kVideo, key, 80);
  EXPECT_TRUE(stream.Lists("24 e100 f000"));
}

TEST(TsMuxer, AFragmentThatSoundBeginsListsNoPicturesThatAreSilent) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  auto begin = [&](int64_t dts) {
    stream.muxer.BeginFragment();
    stream.Write(kAudio, kAac, dts);
    EXPECT_TRUE(stream.Flush().has_tables);
    return stream.Lists("1b e100 f000");
  };
  EXPECT_TRUE(begin(400));
  EXPECT_FALSE(begin(600));
  stream.Write(kVideo, kKey, 700);
  EXPECT_TRUE(stream.Lists("1b e100 f000"));
}

TEST(TsMuxer, SaysOnceThatACodecDoesNotFit) {
  TsStream stream;
  stream.Write(kAudio, kAacHeader, 0);
  EXPECT_EQ(stream.Write(kVideo, "12 84", 0).reason, Reason::kCodecUnsupported);  // Sorenson
  EXPECT_EQ(stream.Write(kVideo, "22 84", 40).reason, Reason::kNone);
  EXPECT_EQ(stream.Write(kVideo, "14 00", 40).reason, Reason::kCodecUnsupported);  // VP6
  EXPECT_EQ(stream.Write(kVideo, "90 61763031 81000c00", 40).reason, Reason::kCodecUnsupported);
  EXPECT_EQ(stream.Write(kVideo, "91 61763031 1200", 40).reason, Reason::kNone);
  stream.Write(kAudio, kAac, 40);
  EXPECT_EQ(stream.Flush().kind, FrameKind::kAudio);  // the rest goes on
}

TEST(TsMuxer, GoesOnWhenACodecThatFitsReturns) {
  TsStream stream;
  EXPECT_EQ(stream.Write(kAudio, "b6 00", 0).reason, Reason::kCodecUnsupported);        // Speex
  EXPECT_EQ(stream.Write(kAudio, "af 00 1214", 20).reason, Reason::kCodecUnsupported);  // 960 samples a frame
  EXPECT_EQ(stream.Write(kAudio, kAac, 40).reason, Reason::kNone);
  EXPECT_EQ(stream.Flush().kind, FrameKind::kOther);
  stream.Write(kAudio, kAacHeader, 60);
  stream.Write(kAudio, kAac, 60);
  EXPECT_EQ(stream.Flush().kind, FrameKind::kAudio);
}

TEST(TsMuxer, RunsOnAcrossPublishersAndCodecs) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  stream.Write(kAudio, kAac, 0);
  stream.Flush();
  stream.muxer.Forget();
  EXPECT_EQ(stream.Write(kVideo, kKey, 40).reason, Reason::kCodedFrameMalformed);
  stream.Write(kVideo, kAvcHeader, 40);
  stream.Write(kAudio, kMp3, 40);
  EXPECT_TRUE(stream.Write(kVideo, kKey, 40).is_joinable);
  stream.Flush();
  EXPECT_EQ(stream.transport.pmt_version, 1);  // the counters are checked by the reader
  EXPECT_TRUE(stream.Lists("03 e101 f000"));
}

TEST(TsMuxer, SendsWhatWaitsBeforeAnotherAudioCodec) {
  TsStream stream;
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kAudio, kAac, 0);
  const ts::Written written = stream.Write(kAudio, kMp3, 23);
  EXPECT_EQ(written.kind, FrameKind::kAudio);
  EXPECT_TRUE(stream.Lists("0f e101 f000"));
  EXPECT_TRUE(stream.Flush().has_tables);
  EXPECT_TRUE(stream.Lists("03 e101 f000"));
}

TEST(TsMuxer, MarksAClockThatJumps) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, kKey, 100000);
  stream.Write(kVideo, kKey, 105000);  // a pause
  EXPECT_TRUE(stream.transport.pcr_jumps.empty());
  stream.Write(kVideo, kKey, 20000);
  stream.Write(kVideo, kKey, 40000);
  EXPECT_EQ(stream.transport.pcr_jumps, (std::vector<int>{2, 3}));
  EXPECT_EQ(stream.last().dts, 40000 * 90 + 126000);
}

TEST(TsMuxer, WrapsAt33BitsAfter26AndAHalfHours) {
  constexpr int64_t kWrap = int64_t{1} << 33;
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  const int64_t wrap = kWrap / 90;
  for (int64_t dts = wrap - 3000; dts < wrap + 1000; dts += 40) {
    stream.Write(kVideo, dts % 1000 < 40 ? kKey : kInter, dts);
    EXPECT_EQ(stream.last().dts, (dts * 90 + 126000) % kWrap);
    EXPECT_EQ(stream.last().pcr, (dts * 90 + 63000) % kWrap);
  }
  EXPECT_TRUE(stream.transport.pcr_jumps.empty());
}

TEST(TsMuxer, WritesNoTimeBelowZeroWhenTheStreamsIs) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, kKey, -500);
  EXPECT_EQ(stream.last().pcr, 63000 - 45000);
}

}  // namespace
}  // namespace weir::test
