#include "test/native/proto/ts_stream.h"

namespace weir::test {
namespace {

TEST(TsMuxer, PutsSeveralAacFramesWithAdtsHeadersIntoAPes) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  int written = 0;
  for (int i = 0; i < 8; ++i) written += stream.Write(kAudio, kAac, AacTime(i)).kind == FrameKind::kAudio ? 1 : 0;
  EXPECT_EQ(written, 2);  // four frames of 23.2 ms each
  std::string expected;
  for (int i = 0; i < 4; ++i) expected += "fff15080019ffc 2122232425";
  EXPECT_EQ(ToHex(stream.last().bytes), Plain(expected));
  EXPECT_EQ(stream.last().stream_id, 0xC0);
  EXPECT_EQ(stream.last().pcr, -1);  // the clock is the video's
}

TEST(TsMuxer, FlushesTheAudioThatWaits) {
  TsStream stream;
  stream.Write(kAudio, kAacHeader, 0);
  EXPECT_EQ(stream.Flush().kind, FrameKind::kOther);
  EXPECT_EQ(stream.Write(kAudio, kAac, 500).kind, FrameKind::kOther);
  const ts::Written written = stream.Flush();
  EXPECT_EQ(written.kind, FrameKind::kAudio);
  EXPECT_EQ(written.dts, 500);
  EXPECT_EQ(stream.Flush().kind, FrameKind::kOther);
}

// srs-behaviour 7.8: counted from a base as long as the count is within 100 ms of what was sent.
TEST(TsMuxer, CountsAudioTimeInSamples) {
  TsStream stream;
  stream.Write(kAudio, kAacHeader, 0);
  for (int i = 0; i < 400; ++i) stream.Write(kAudio, kAac, AacTime(i));
  ASSERT_EQ(stream.transport.pes.size(), 100U);
  for (size_t i = 0; i < 100; ++i) {
    const auto samples = static_cast<int64_t>(i) * 4 * 1024;
    EXPECT_EQ(stream.transport.pes[i].pts, 126000 + samples * 90000 / 44100);
  }
}

TEST(TsMuxer, CountsAudioAnewAfterADriftOf100Ms) {
  TsStream stream;
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kAudio, kAac, 1000);
  stream.Flush();
  stream.Write(kAudio, kAac, 1000 + 23 + 100);  // 23.2 was expected: still the count
  stream.Flush();
  EXPECT_EQ(stream.last().pts, 1000 * 90 + 2089 + 126000);
  stream.Write(kAudio, kAac, 1000 + 46 + 101);
  stream.Flush();
  EXPECT_EQ(stream.last().pts, (1000 + 46 + 101) * 90 + 126000);
  stream.Write(kAudio, kAac, 1000 + 46 + 101 + 23);
  stream.Flush();
  EXPECT_EQ(stream.last().pts, (1000 + 46 + 101) * 90 + 2089 + 126000);
  // A gap does not wait inside a PES.
  stream.Write(kAudio, kAac, 2000);
  EXPECT_EQ(stream.Write(kAudio, kAac, 7000).kind, FrameKind::kAudio);
  stream.Flush();
  EXPECT_EQ(stream.last().pts, 7000 * 90 + 126000);
}

TEST(TsMuxer, KeepsAPesWithin2930Bytes) {
  TsStream stream;
  stream.Write(kAudio, kAacHeader, 0);
  Buffer frame = Hex("af 01");
  frame.resize(2 + 1200, 0x21);
  stream.Write(kAudio, frame, 0);
  stream.Write(kAudio, frame, 23);
  EXPECT_EQ(stream.Write(kAudio, frame, 46).kind, FrameKind::kAudio);
  EXPECT_EQ(stream.last().bytes.size(), 2U * 1207);
}

TEST(TsMuxer, WritesMp3ByItsSampleRate) {
  TsStream stream;
  stream.Write(kAudio, kMp3, 0);
  stream.Flush();
  EXPECT_EQ(ToHex(stream.last().bytes), "fffb906400000000");
  EXPECT_TRUE(stream.Lists("03 e101 f000"));
  stream.Write(kAudio, "26 fff38040 0000", 30);  // MPEG 2
  stream.Flush();
  EXPECT_TRUE(stream.Lists("04 e101 f000"));
  EXPECT_EQ(stream.transport.pmt_version, 1);
}

TEST(TsMuxer, TellsThatAacAfterMp3IsNewAlsoWithTheConfigurationOfBefore) {
  ts::Muxer muxer;
  Buffer out;
  const auto is_new = [&](const char* payload) {
    const Buffer frame = Hex(payload);  // read now, written later
    const bool is_new_setup = muxer.Read(kAudio, frame).is_new_setup;
    (void)muxer.WriteFrame(0, out);
    return is_new_setup;
  };
  (void)muxer.Read(kAudio, Hex(kAacHeader));
  EXPECT_FALSE(is_new(kAac));
  EXPECT_TRUE(is_new(kMp3));
  EXPECT_FALSE(is_new(kMp3));
  (void)muxer.Read(kAudio, Hex(kAacHeader));
  EXPECT_TRUE(is_new(kAac));
  (void)muxer.Read(kAudio, Hex(kAacHeader));
  EXPECT_FALSE(is_new(kAac));
  EXPECT_TRUE(is_new(kMp3));
  EXPECT_TRUE(is_new(kAac)) << "also without a sequence header";
}

TEST(TsMuxer, WritesOpusWithItsControlHeaderAndDescriptors) {
  TsStream stream;
  stream.Write(kAudio, kOpusHeader, 0);
  for (int i = 0; i < 5; ++i) stream.Write(kAudio, kOpus, i * 20);
  EXPECT_EQ(stream.last().stream_id, 0xBD);
  EXPECT_EQ(ToHex(stream.last().bytes), Plain("7fe003fc0102 7fe003fc0102 7fe003fc0102 7fe003fc0102 7fe003fc0102"));
  EXPECT_TRUE(stream.Lists("06 e101 f00a 05044f707573 7f028002"));

  Buffer packet = Hex("91 4f707573 fc");
  packet.resize(5 + 510, 0x11);
  stream.Write(kAudio, packet, 100);
  stream.Flush();
  EXPECT_EQ(ToHex(ByteView(stream.last().bytes).first(6)), "7fe0ffff00fc");  // the size in 255s and a rest
}

TEST(TsMuxer, TellsTheChannelsOfSurroundOpus) {
  TsStream stream;
  stream.Write(kAudio, "90 4f707573 4f707573486561640106380180bb00000000010402000401020305", 0);
  stream.Write(kAudio, kOpus, 0);
  stream.Flush();
  EXPECT_TRUE(stream.Lists("7f028006"));
  const char* uncoupled = "90 4f707573 4f707573486561640103380180bb00000000010300000102";
  EXPECT_EQ(stream.Write(kAudio, uncoupled, 0).reason, Reason::kNone);
  stream.Write(kAudio, kOpus, 20);
  stream.Flush();
  EXPECT_TRUE(stream.Lists("7f028083"));
  const char* strange = "90 4f707573 4f707573486561640103380180bb00000000010300000201";
  EXPECT_EQ(stream.Write(kAudio, strange, 0).reason, Reason::kCodecUnsupported);
}

TEST(TsMuxer, LetsAudioAloneBeJoinedOnceASecond) {
  TsStream stream;
  stream.Write(kAudio, kAacHeader, 0);
  int joinable = 0;
  for (int i = 0; i < 431; ++i) joinable += stream.Write(kAudio, kAac, AacTime(i)).is_joinable ? 1 : 0;
  EXPECT_GE(joinable, 9);  // in 10 s
  EXPECT_LE(joinable, 10);
  EXPECT_EQ(ToHex(ByteView(stream.transport.pmt).subspan(8, 2)), "e101");  // and carries the clock
  for (const ReadPes& pes : stream.transport.pes) EXPECT_EQ(pes.pcr + 63000, pes.pts);
}

TEST(TsMuxer, RefusesAudioThatCantBeRead) {
  TsStream stream;
  EXPECT_EQ(stream.Write(kAudio, kAac, 0).reason, Reason::kCodedFrameMalformed);  // no header yet
  EXPECT_EQ(stream.Write(kAudio, "af 00 12", 0).reason, Reason::kCodecConfigMalformed);
  EXPECT_EQ(stream.Write(kAudio, "2f 000102030405", 0).reason, Reason::kCodedFrameMalformed);
  stream.Write(kAudio, kAacHeader, 0);
  Buffer large = Hex("af 01");
  large.resize(9000, 0x21);
  EXPECT_EQ(stream.Write(kAudio, large, 0).reason, Reason::kCodedFrameMalformed);
  EXPECT_EQ(stream.Write(kAudio, "af 01", 0).reason, Reason::kCodedFrameMalformed);
}

TEST(TsMuxer, SendsAudioThatStoppedWithTheVideo) {
  TsStream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  stream.Write(kAudio, kAac, 0);
  for (int64_t dts = 40; dts <= 400; dts += 40) stream.Write(kVideo, kInter, dts);
  int audio = 0;
  for (const ReadPes& pes : stream.transport.pes) audio += pes.stream_id == 0xC0 ? 1 : 0;
  EXPECT_EQ(audio, 1);
}

}  // namespace
}  // namespace weir::test
