#include "live/stream_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "live/rtmp_log.h"
#include "test/native/live/log_reader.h"
#include "test/native/support/amf.h"
#include "test/native/support/amf_literals.h"

namespace weir {
namespace {

using test::Hex;
using test::LogReader;
using Where = SegmentHolder::Where;

class StreamWriterTest : public testing::Test {
 protected:
  StreamWriterTest() {
    writer_.AddLog(log_);
    writer_.Begin(grant_);
  }

  bool Send(uint8_t type, uint32_t timestamp, const Buffer& payload) {
    return writer_.Write({.type = type, .csid = 4, .stream_id = 1, .timestamp = timestamp, .payload = payload},
                         now_ += 40);
  }
  bool Video(uint32_t timestamp, const std::string& hex) { return Send(9, timestamp, Hex(hex)); }
  bool Audio(uint32_t timestamp, const std::string& hex) { return Send(8, timestamp, Hex(hex)); }
  bool Metadata(double width, bool bravo_atc = false) {
    return Send(
        18, 0,
        test::CommandBody("@setDataFrame", {test::Text("onMetaData"),
                                            test::Object({{"width", test::Number(width)},
                                                          {"height", test::Number(720)},
                                                          {"bravo_atc", test::Text(bravo_atc ? "true" : "false")}})}));
  }
  // An H.264 and AAC publisher: headers, then a key frame.
  void Begin(uint32_t timestamp = 0) {
    EXPECT_FALSE(Video(timestamp, "17 00 000000 01"));
    EXPECT_FALSE(Audio(timestamp, "af 00 1210"));
    EXPECT_TRUE(Video(timestamp, "17 01 000000 aa"));
  }
  std::shared_ptr<const StreamHeaders> Headers() { return log_.HeadersAt(log_.log().tail()); }
  uint32_t rebases() const { return log_.log().rebase_count(); }

  MemoryBudget budget_{int64_t{1} << 40};
  PublishGrant grant_;
  RtmpLog log_{budget_};
  StreamWriter writer_{"weir/test"};
  Millis now_ = 1'000;
};

TEST_F(StreamWriterTest, KeepsHeadersOutOfTheLogAndPutsThemBeforeIt) {
  LogReader reader(log_, Where::kTail);
  Begin(18'000'000);
  Audio(18'000'010, "af 01 bb");
  EXPECT_EQ(reader.Read(),
            "1 2/0 @0 0000ea60\n"
            "9 6/1 @0 170000000001\n"
            "8 7/1 @0 af001210\n"
            "9 6/1 @0 1701000000aa\n"
            "8 7/1 @10 af01bb\n");
}

TEST_F(StreamWriterTest, OnlyARealChangeOfHeadersIsAChange) {
  Begin();
  for (int i = 1; i < 5; ++i) {
    Video(40u * i, "17 00 000000 01");
    Video(40u * i, "17 01 000000 aa");
  }
  EXPECT_EQ(rebases(), 1u);
  Video(200, "17 00 000000 02");
  EXPECT_EQ(rebases(), 1u);  // it comes with the next frame
  Audio(200, "af 01 bb");
  EXPECT_EQ(rebases(), 2u);
  ASSERT_EQ(Headers()->configs.size(), 2u);
  EXPECT_EQ(Headers()->configs[0].payload, Hex("17 00 000000 02"));
}

TEST_F(StreamWriterTest, ATrackThatAppearsLaterIsAChange) {
  Video(0, "12 aa");  // Sorenson: no header
  Video(40, "22 aa");
  EXPECT_EQ(rebases(), 1u);
  Audio(40, "2f bb");  // MP3: none either
  EXPECT_EQ(rebases(), 2u);
  Audio(63, "2f bb");
  EXPECT_EQ(rebases(), 2u);
}

TEST_F(StreamWriterTest, ARepublishBeginsWithNothingAndGoesOnInTime) {
  Begin();
  Video(40, "27 01 000000 aa");
  uint64_t before = log_.log().tail();
  writer_.Begin(grant_);
  EXPECT_EQ(writer_.video_codec.load(), 0u);
  Video(5'000'000, "17 00 000000 07");
  Video(5'000'000, "17 01 000000 aa");
  EXPECT_EQ(rebases(), 2u);
  ASSERT_EQ(Headers()->configs.size(), 1u);
  EXPECT_EQ(Headers()->configs[0].payload, Hex("17 00 000000 07"));
  EXPECT_FALSE(Headers()->active[kAudioTrack]);
  EXPECT_EQ(log_.log().newest_dts(), 80);
  EXPECT_EQ(log_.HeadersAt(before - 1)->configs.size(), 2u);
}

TEST_F(StreamWriterTest, AReaderSeesARepublishAsOneStream) {
  LogReader reader(log_, Where::kTail);
  Begin();
  reader.Read();
  writer_.Begin(grant_);
  Begin(5'000'000);
  EXPECT_EQ(reader.Read(),
            "9 6/1 @40 170000000001\n"
            "8 7/1 @40 af001210\n"
            "9 6/1 @40 1701000000aa\n");
}

TEST_F(StreamWriterTest, PassesOverWhatIsNoFrame) {
  Begin();
  uint64_t tail = log_.log().tail();
  EXPECT_FALSE(Video(40, ""));
  EXPECT_FALSE(Video(40, "17 02 000000"));  // end of sequence
  EXPECT_FALSE(Audio(40, ""));
  EXPECT_EQ(writer_.drops.get(), 0u);
  EXPECT_FALSE(Video(40, "17"));
  EXPECT_FALSE(Audio(40, "af"));
  EXPECT_EQ(writer_.drops.get(), 2u);
  EXPECT_EQ(log_.log().tail(), tail);
}

TEST_F(StreamWriterTest, CountsFramesAndNamesCodecs) {
  Begin();
  Audio(10, "af 01 bb");
  Audio(33, "af 01 bb");
  EXPECT_EQ(writer_.video_frames.get(), 1u);
  EXPECT_EQ(writer_.audio_frames.get(), 2u);
  EXPECT_EQ(writer_.video_codec.load(), 7u);
  EXPECT_EQ(writer_.audio_codec.load(), 10u);
  EXPECT_EQ(writer_.bytes.get(), 6u + 4 + 6 + 3 + 3);
}

TEST_F(StreamWriterTest, MetadataIsRewrittenAndKeptUntilItChanges) {
  Metadata(1280);
  Begin();
  EXPECT_EQ(test::ShowAmf(Headers()->metadata),
            "'onMetaData' ecma{width=1280 height=720 bravo_atc='false' server='weir/test'}");
  EXPECT_EQ(writer_.width.load(), 1280u);
  EXPECT_EQ(writer_.height.load(), 720u);
  uint32_t version = Headers()->metadata_version;
  Metadata(1280);
  Video(40, "27 01 000000 aa");
  EXPECT_EQ(rebases(), 1u);
  Metadata(640);
  Video(80, "27 01 000000 aa");
  EXPECT_EQ(rebases(), 2u);
  EXPECT_GT(Headers()->metadata_version, version);
}

TEST_F(StreamWriterTest, BrokenMetadataIsDropped) {
  EXPECT_FALSE(Send(18, 0, Hex("020d 40736574446174614672616d65 02000a 6f6e4d65746144617461 03 0001")));
  Begin();
  EXPECT_TRUE(Headers()->metadata.empty());
}

TEST_F(StreamWriterTest, OtherDataGoesWithTheStream) {
  LogReader reader(log_, Where::kTail);
  Begin();
  Video(40, "27 01 000000 aa");
  reader.Read();
  Buffer text = test::CommandBody("onTextData", {test::Object({{"text", test::Text("hi")}})});
  EXPECT_TRUE(Send(18, 0, text));
  std::string shown = reader.Read();
  EXPECT_NE(shown.find("18 4/1 @40 " + test::Shorten(text)), std::string::npos) << shown;
  EXPECT_FALSE(Send(18, 0, Hex("ff")));  // no AMF
}

TEST_F(StreamWriterTest, TheGopIsForgottenWhenVideoHasStopped) {
  Begin();
  for (uint32_t i = 0; i < 114; ++i) Audio(23 * i, "af 01 bb");
  EXPECT_NE(log_.log().newest_key(), StreamLog::kNone);
  Audio(23 * 114, "af 01 bb");
  EXPECT_EQ(log_.log().newest_key(), StreamLog::kNone);
  Video(23 * 115, "17 01 000000 aa");
  EXPECT_NE(log_.log().newest_key(), StreamLog::kNone);
}

TEST_F(StreamWriterTest, ColourMetadataOfObsGetsTheFrameTypeThatFfmpegKnows) {
  Video(0, "84 68766331 02");
  Video(0, "90 68766331 01");
  Video(0, "91 68766331 aa");
  ASSERT_EQ(Headers()->configs.size(), 2u);
  EXPECT_TRUE(Headers()->configs[0].is_metadata);
  EXPECT_EQ(Headers()->configs[0].payload, Hex("d4 68766331 02"));
  EXPECT_EQ(Headers()->configs[1].payload, Hex("90 68766331 01"));
}

TEST_F(StreamWriterTest, BoundsWhatAPublisherCanMakeEveryPlayerGet) {
  // 40 tracks of Enhanced RTMP's multitrack form, then one header of 70 KB.
  for (int i = 0; i < 40; ++i) {
    Buffer header = Hex("96 00 61766331");
    header.push_back(static_cast<uint8_t>(i));
    header.push_back(1);
    Send(9, 0, header);
  }
  Video(0, "17 01 000000 aa");
  EXPECT_EQ(Headers()->configs.size(), 32u);
  EXPECT_EQ(writer_.drops.get(), 8u);
  Buffer large = Hex("af 00");
  large.resize(70'000);
  Send(8, 0, large);
  EXPECT_EQ(writer_.drops.get(), 9u);
}

TEST_F(StreamWriterTest, AtcGivesTheTimesAsTheyCame) {
  grant_.atc = true;
  writer_.Begin(grant_);
  LogReader reader(log_, Where::kTail);
  Begin(18'000'000);
  EXPECT_NE(reader.Read().find("9 6/1 @18000000 1701000000aa"), std::string::npos);
}

TEST_F(StreamWriterTest, MetadataMayAskForAtcWhereThatIsAllowed) {
  grant_.atc_auto = true;
  for (bool allowed : {false, true}) {
    grant_.atc_auto = allowed;
    writer_.Begin(grant_);
    Metadata(1280, true);
    Begin(18'000'000);
    EXPECT_EQ(Headers()->is_absolute, allowed);
  }
}

TEST_F(StreamWriterTest, TheChunkSizeIsThatOfTheGrant) {
  grant_.chunk_size = 128;
  writer_.Begin(grant_);
  Begin();
  EXPECT_EQ(Headers()->chunk_size, 128u);
}

TEST_F(StreamWriterTest, ReadsCodecsAndSizeFromConfigurations) {
  EXPECT_TRUE(writer_.codecs.values().video.empty());
  Video(0, "17 00 000000 0142c00bffe100176742c00bda0c3fef011000000300100000030328f142aa01000468ce0fc8");
  Audio(0, "af 00 1210");
  const CodecFacts::Values facts = writer_.codecs.values();
  EXPECT_EQ(facts.video, "avc1.42C00B");
  EXPECT_EQ(facts.audio, "mp4a.40.2");
  EXPECT_EQ(facts.width, 192u);
  EXPECT_EQ(facts.height, 108u);

  Video(40, "17 00 000000 01");
  EXPECT_TRUE(writer_.codecs.values().video.empty()) << "what can't be read is not known";
  EXPECT_EQ(writer_.codecs.values().audio, "mp4a.40.2");
  writer_.Begin(grant_);
  EXPECT_TRUE(writer_.codecs.values().audio.empty());
}

}  // namespace
}  // namespace weir
