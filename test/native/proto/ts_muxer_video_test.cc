#include "test/native/proto/ts_stream.h"

namespace weir::test {
namespace {

TEST(TsMuxer, BeginsAKeyFrameWithTablesDelimiterAndParameterSets) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  const ts::Written written = stream.Write(kVideo, kKey, 1000);
  EXPECT_TRUE(written.is_joinable);
  EXPECT_EQ(written.dts, 1000);
  EXPECT_EQ(written.kind, FrameKind::kVideo);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain(kSetsAndKey));
  EXPECT_TRUE(stream.last().is_random_access);
  EXPECT_EQ(stream.last().dts, 1000 * 90 + 126000);
  EXPECT_EQ(stream.last().pcr, 1000 * 90 + 63000);

  const ts::Written inter = stream.Write(kVideo, kInter, 1040);
  EXPECT_FALSE(inter.is_joinable || inter.has_tables);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain("0000000109f0 000001419abb"));
  EXPECT_FALSE(stream.last().is_random_access);
}

TEST(TsMuxer, WritesTheCompositionTimeEvenWhenItIsNegative) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, "17 01 000050 00000003 6588aa", 0);
  EXPECT_EQ(stream.last().pts - stream.last().dts, 80 * 90);
  stream.Write(kVideo, "27 01 ffffd8 00000003 419abb", 80);  // 40 ms before its DTS
  EXPECT_EQ(stream.last().pts, 40 * 90 + 126000);
  EXPECT_EQ(stream.last().dts, stream.last().pts);
  stream.Write(kVideo, "27 01 000000 00000003 419abb", 120);  // the lead stays
  EXPECT_EQ(stream.last().pts, 120 * 90 + 126000);
  EXPECT_EQ(stream.last().dts, 80 * 90 + 126000);
}

TEST(TsMuxer, LetsDtsGrowWhenTimestampsStandStill) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, kKey, 40);
  for (int i = 1; i < 4; ++i) {
    stream.Write(kVideo, kInter, 40);
    EXPECT_EQ(stream.last().dts, 40 * 90 + 126000 + i);
    EXPECT_EQ(stream.last().pts, stream.last().dts);
  }
}

TEST(TsMuxer, TakesEveryLengthSizeAndPassesOverEmptyUnits) {
  const char* frames[] = {"00 03 6588aa 00", "0000 0003 6588aa", "000000 000003 6588aa", "00000000 00000003 6588aa"};
  for (int size = 1; size <= 4; ++size) {
    TsStream stream;
    Buffer header = Hex(kAvcHeader);
    header[9] = static_cast<uint8_t>(0xFC | (size - 1));
    stream.Write(kVideo, header, 0);
    Buffer key = Hex("17 01 000000");
    Append(key, Hex(frames[size - 1]));
    EXPECT_TRUE(stream.Write(kVideo, key, 0).is_joinable) << size;
    EXPECT_EQ(ToHex(stream.last().bytes), Plain(kSetsAndKey));
  }
}

TEST(TsMuxer, SendsParameterSetsOnceThoughTheyAreInBandToo) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, "17 01 000000 00000002 09f0 00000004 6742c00b 00000002 68ce 00000003 6588aa", 0);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain(kSetsAndKey));
  // With an inter frame they say nothing new.
  stream.Write(kVideo, "27 01 000000 00000004 6742c00b 00000002 68ce 00000003 419abb", 40);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain("0000000109f0 000001419abb"));
}

TEST(TsMuxer, RemembersNewParameterSetsThatCameInBand) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, "17 01 000000 00000004 6742c00c 00000002 68cf 00000002 0605 00000003 6588aa", 0);
  const std::string head = "0000000109f0 000000016742c00c 0000000168cf ";
  EXPECT_EQ(ToHex(stream.last().bytes), Plain(head + "0000010605 0000016588aa"));
  stream.Write(kVideo, kKey, 40);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain(head + "0000016588aa"));
  // A message of parameter sets alone is no picture, but counts.
  EXPECT_EQ(stream.Write(kVideo, "17 01 000000 00000004 6742c00d 00000002 68d0", 80).kind, FrameKind::kOther);
  stream.Write(kVideo, kKey, 80);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain("0000000109f0 000000016742c00d 0000000168d0 0000016588aa"));
  // A single new set goes along, and is not remembered.
  stream.Write(kVideo, "27 01 000000 00000002 68d1 00000003 419abb", 120);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain("0000000109f0 0000000168d1 000001419abb"));
}

TEST(TsMuxer, IsNotMovedByARepeatedSequenceHeader) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, "17 01 000000 00000004 6742c00c 00000002 68cf 00000003 6588aa", 0);
  stream.Write(kVideo, kAvcHeader, 40);
  stream.Write(kVideo, kKey, 40);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain("0000000109f0 000000016742c00c 0000000168cf 0000016588aa"));
}

TEST(TsMuxer, TakesAnIdrForAKeyFrameWhateverTheMessageSays) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  EXPECT_TRUE(stream.Write(kVideo, "27 01 000000 00000003 6588aa", 0).is_joinable);
}

TEST(TsMuxer, WritesHevcInBothDialects) {
  const std::string record =
      "01 01 60000000 900000000000 1e f000fcfdf8f800000f 03 a00001 0003 400101 a10001 0003 420101 a20001 0003 4401c0";
  const std::string unit = "00000003 260102";  // IDR
  const std::string sent = "00000001460150 00000001400101 00000001420101 000000014401c0 000001260102";
  for (const auto& [header, frame] :
       {std::pair{"1c 00 000000", "1c 01 000028"}, std::pair{"90 68766331", "91 68766331 000028"}}) {
    TsStream stream;
    stream.Write(kVideo, header + record, 0);
    EXPECT_TRUE(stream.Write(kVideo, frame + unit, 0).is_joinable);
    EXPECT_EQ(ToHex(stream.last().bytes), Plain(sent));
    EXPECT_EQ(stream.last().pts - stream.last().dts, 40 * 90);
    EXPECT_TRUE(stream.Lists("24 e100 f000"));
  }
}

TEST(TsMuxer, SplitsALongFrameAndLeavesItsLengthOpen) {
  for (const size_t size : {100U, 150U, 152U, 153U, 154U, 155U, 1000U, 65000U, 70000U, 300000U}) {
    TsStream stream;
    stream.Write(kVideo, kAvcHeader, 0);
    Buffer nal(size, 0x5A);
    nal[0] = 0x41;
    Buffer frame = Hex("27 01 000000");
    AppendBe32(frame, static_cast<uint32_t>(size));
    Append(frame, nal);
    stream.Write(kVideo, frame, 0);
    Buffer expected = Hex("0000000109f0 000001");
    Append(expected, nal);
    EXPECT_EQ(stream.last().bytes, expected) << size;
    EXPECT_EQ(stream.last().announced == 0, size >= 65520) << size;
  }
}

TEST(TsMuxer, RefusesVideoThatCantBeRead) {
  TsStream stream;
  EXPECT_EQ(stream.Write(kVideo, kKey, 0).reason, Reason::kCodedFrameMalformed);  // no header yet
  EXPECT_EQ(stream.Write(kVideo, "17 00 000000 01 42c00b ff e1 0004", 0).reason, Reason::kCodecConfigMalformed);
  stream.Write(kVideo, kAvcHeader, 0);
  EXPECT_EQ(stream.Write(kVideo, "17 01 000000 00000009 6588", 0).reason, Reason::kCodedFrameMalformed);
  EXPECT_EQ(stream.Write(kVideo, "17 01 0000", 0).reason, Reason::kCodedFrameMalformed);
  Buffer many = Hex("17 01 000000");
  for (int i = 0; i < 5000; ++i) Append(many, Hex("00000001 65"));
  EXPECT_EQ(stream.Write(kVideo, many, 0).reason, Reason::kCodedFrameMalformed);
}

TEST(TsMuxer, IgnoresOtherTracksAndWhatIsNoFrame) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  for (const char* message :
       {"96 01 61766331 01 000000 00000003 6588aa", "17 02 000000", "84 61766331 02", "57 00", ""})
    EXPECT_EQ(stream.Write(kVideo, message, 0).kind, FrameKind::kOther) << message;
  EXPECT_EQ(stream.Write(18, "02 0000", 0).kind, FrameKind::kOther);
  // Track 0 of a message with several, and the enhanced form of H.264.
  EXPECT_TRUE(stream.Write(kVideo, "96 11 61766331 00 00000a 000000 00000003 6588aa 01 000001 00", 0).is_joinable);
  EXPECT_TRUE(stream.Write(kVideo, "93 61766331 00000003 6588aa", 40).is_joinable);
}

}  // namespace
}  // namespace weir::test
