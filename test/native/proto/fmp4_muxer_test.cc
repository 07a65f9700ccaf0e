#include "proto/fmp4/muxer.h"

#include <gtest/gtest.h>

#include "test/native/support/boxes.h"
#include "test/native/support/hex.h"

namespace weir::test {
namespace {

constexpr uint8_t kAudio = 8;
constexpr uint8_t kVideo = 9;
constexpr const char* kAvcHeader =
    "17 00 000000 0142c00bffe100176742c00bda0c3fef011000000300100000030320f142aa01000468ce0fc8";
constexpr const char* kKey = "17 01 000000 00000003 6588aa";
constexpr const char* kInter = "27 01 000028 00000003 419abb";  // shown 40 ms after it is decoded
constexpr const char* kAacHeader = "af 00 1210";
constexpr const char* kAac = "af 01 2122232425";
constexpr const char* kMp3 = "2f fffb9064 00000000";

// A muxer, and the fragments that it wrote.
struct Mp4Stream {
  explicit Mp4Stream(int64_t fragment_millis = 200) : muxer(fragment_millis) {}

  fmp4::Written Write(uint8_t type, const Buffer& payload, int64_t dts) {
    Buffer out;
    const fmp4::Written written = muxer.Write(type, payload, dts, out);
    Take(written, out);
    return written;
  }
  fmp4::Written Write(uint8_t type, const std::string& payload, int64_t dts) { return Write(type, Hex(payload), dts); }
  fmp4::Written Flush() {
    Buffer out;
    const fmp4::Written written = muxer.Flush(out);
    Take(written, out);
    return written;
  }
  void Take(const fmp4::Written& written, const Buffer& out) {
    EXPECT_EQ(written.has_fragment, !out.empty());
    if (out.empty()) return;
    bytes = out;
    fragment = ReadFragment();
    EXPECT_TRUE(FragmentReader(bytes).Read(fragment));
    EXPECT_EQ(fragment.sequence, ++sequence);
    EXPECT_EQ(written.has_video, !fragment.video.samples.empty());
    EXPECT_EQ(written.init_version, muxer.init_version());
  }

  fmp4::Muxer muxer;
  Buffer bytes;
  ReadFragment fragment;  // the newest
  uint32_t sequence = 0;
};

TEST(Fmp4Muxer, ClosesAFragmentBeforeAKeyFrame) {
  Mp4Stream stream(10'000);
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 1000);
  for (int i = 1; i < 25; ++i) {
    stream.Write(kVideo, kInter, 1000 + i * 40);
    stream.Write(kAudio, kAac, 1000 + i * 23);
  }
  const fmp4::Written written = stream.Write(kVideo, kKey, 2000);
  EXPECT_TRUE(written.has_fragment && written.is_joinable);
  EXPECT_EQ(written.dts, 1000);
  EXPECT_EQ(written.duration, 1000);
  const TrackRun& video = stream.fragment.video;
  EXPECT_EQ(video.start, 90000);
  EXPECT_EQ(video.end, 180000);
  ASSERT_EQ(video.samples.size(), 25U);
  EXPECT_TRUE(video.samples[0].is_key);
  EXPECT_FALSE(video.samples[1].is_key);
  EXPECT_EQ(video.samples[1].composition, 3600);
  EXPECT_EQ(ToHex(video.samples[0].data), "000000036588aa");
  EXPECT_EQ(stream.fragment.audio.samples.size(), 24U);
  EXPECT_EQ(ToHex(stream.fragment.audio.samples[0].data), "2122232425");
}

TEST(Fmp4Muxer, DescribesBothTracksInTheInitSegment) {
  Mp4Stream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  EXPECT_TRUE(stream.muxer.init().empty());
  stream.Write(kVideo, kKey, 0);
  stream.Flush();
  EXPECT_EQ(stream.muxer.init_version(), 1U);
  EXPECT_EQ(stream.muxer.codecs(), "avc1.42C00B,mp4a.40.2");
  const ByteView init = stream.muxer.init();
  EXPECT_EQ(AsText(Child(init, "ftyp").first(4)), "iso6");
  const ByteView moov = Child(init, "moov");
  const ByteView video = Child(moov, "trak", 0);
  const ByteView audio = Child(moov, "trak", 1);
  const ByteView tkhd = Child(video, "tkhd");
  EXPECT_EQ(LoadBe32(tkhd.data() + tkhd.size() - 8) >> 16, 192U);
  EXPECT_EQ(LoadBe32(tkhd.data() + tkhd.size() - 4) >> 16, 108U);
  EXPECT_EQ(LoadBe32(Find(video, "mdia/mdhd").data() + 12), 90000U);
  EXPECT_EQ(LoadBe32(Find(audio, "mdia/mdhd").data() + 12), 44100U);
  EXPECT_EQ(AsText(Find(video, "mdia/hdlr").subspan(8, 4)), "vide");
  const ByteView entry = Find(video, "mdia/minf/stbl/stsd").subspan(8);
  EXPECT_EQ(ToHex(Child(Child(entry, "avc1").subspan(78), "avcC")), ToHex(ByteView(Hex(kAvcHeader)).subspan(5)));
  const ByteView mp4a = Child(Find(audio, "mdia/minf/stbl/stsd").subspan(8), "mp4a");
  EXPECT_EQ(
      ToHex(Child(mp4a.subspan(28), "esds")),
      ToHex(Hex("00000000 0380808022 000000 0480808014 4015 000000 00000000 00000000 0580808002 1210 0680808001 02")));
  EXPECT_EQ(Child(Child(moov, "mvex"), "trex", 1).size(), 24U);
  EXPECT_TRUE(Child(moov, "trak", 2).empty());
}

TEST(Fmp4Muxer, ClosesAFragmentBeforeItBecomesTooLong) {
  Mp4Stream stream(200);
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, kKey, 0);
  int64_t expected = 0;
  for (int i = 1; i <= 50; ++i) {
    const fmp4::Written written = stream.Write(kVideo, kInter, i * 40);
    if (!written.has_fragment) continue;
    EXPECT_EQ(written.dts, expected);
    EXPECT_EQ(written.duration, 200);
    EXPECT_EQ(written.is_joinable, expected == 0);
    EXPECT_EQ(stream.fragment.video.end, stream.fragment.video.start + 18000);
    expected += 200;
  }
  EXPECT_EQ(expected, 2000);
}

TEST(Fmp4Muxer, CountsAudioInSamplesAcrossFragments) {
  Mp4Stream stream(200);
  stream.Write(kAudio, kAacHeader, 0);
  int64_t next = 44100;  // at 1 s
  for (int i = 0; i < 200; ++i) {
    const fmp4::Written written = stream.Write(kAudio, kAac, 1000 + i * 1024 * 1000LL / 44100);
    if (!written.has_fragment) continue;
    EXPECT_TRUE(written.is_joinable);
    EXPECT_LE(written.duration, 200);
    EXPECT_EQ(stream.fragment.audio.start, next);
    next = stream.fragment.audio.end;
  }
  EXPECT_GT(next, 44100 * 5);
  // A gap is none of a run: it ends the fragment, and the next begins at the time that was sent.
  EXPECT_TRUE(stream.Write(kAudio, kAac, 10'000).has_fragment);
  stream.Flush();
  EXPECT_EQ(stream.fragment.audio.start, 441000);
}

TEST(Fmp4Muxer, ConvertsUnitsAndLeavesOutWhatTheSampleEntryHas) {
  for (int size = 1; size <= 4; ++size) {
    Mp4Stream stream;
    Buffer header = Hex(kAvcHeader);
    header[9] = static_cast<uint8_t>(0xFC | (size - 1));
    stream.Write(kVideo, header, 0);
    Buffer frame = Hex("17 01 000000");
    for (const char* unit :
         {"09f0", "", "6742c00bda0c3fef011000000300100000030320f142aa", "68ce0fc8", "68ce0fc9", "6588"}) {
      const Buffer nal = Hex(unit);
      for (int i = size - 1; i >= 0; --i) AppendU8(frame, static_cast<uint32_t>(i == 0 ? nal.size() : 0));
      Append(frame, nal);
    }
    stream.Write(kVideo, frame, 0);
    stream.Flush();
    ASSERT_EQ(stream.fragment.video.samples.size(), 1U);
    EXPECT_EQ(ToHex(stream.fragment.video.samples[0].data), "0000000468ce0fc9000000026588");
    const ByteView entry = Find(stream.muxer.init(), "moov/trak/mdia/minf/stbl/stsd").subspan(8);
    EXPECT_EQ(Child(Child(entry, "avc1").subspan(78), "avcC")[4], 0xFF);
  }
}

TEST(Fmp4Muxer, MarksTheArraysOfHvcCAsComplete) {
  Mp4Stream stream;
  stream.Write(
      kVideo,
      "90 68766331 01 01 60000000 900000000000 1e f000fcfdf8f800000f 02 200001 0003 400101 270001 0004 4e018900", 0);
  EXPECT_TRUE(stream.Write(kVideo, "a1 68766331 000028 00000003 260102", 0).reason == Reason::kNone);
  EXPECT_TRUE(stream.Flush().is_joinable);  // an IRAP, though the message did not say so
  const ByteView entry = Find(stream.muxer.init(), "moov/trak/mdia/minf/stbl/stsd").subspan(8);
  const ByteView hvcc = Child(Child(entry, "hvc1").subspan(78), "hvcC");
  EXPECT_EQ(hvcc[23], 0xA0);
  EXPECT_EQ(hvcc[31], 0x27);
  EXPECT_EQ(stream.muxer.codecs(), "hvc1.1.6.L30.90");
}

TEST(Fmp4Muxer, TakesTemporalDelimitersOutOfAv1) {
  Mp4Stream stream;
  stream.Write(kVideo, "90 61763031 81000c000a0a00000003b5feb36be401", 0);
  stream.Write(kVideo, "91 61763031 1200 0a01aa 3202bbcc", 0);
  EXPECT_TRUE(stream.Flush().is_joinable);
  EXPECT_EQ(ToHex(stream.fragment.video.samples[0].data), "0a01aa3202bbcc");
  EXPECT_EQ(stream.muxer.codecs(), "av01.0.00M.08");
}

TEST(Fmp4Muxer, WritesTheOpusHeaderBigEndian) {
  Mp4Stream stream;
  stream.Write(kAudio, "90 4f707573 4f707573486561640102380180bb0000000000", 0);
  for (int i = 0; i < 5; ++i) stream.Write(kAudio, "91 4f707573 fc0102", i * 20);
  stream.Flush();
  EXPECT_EQ(stream.fragment.audio.end, 5 * 960);
  const ByteView entry = Find(stream.muxer.init(), "moov/trak/mdia/minf/stbl/stsd").subspan(8);
  EXPECT_EQ(ToHex(Child(Child(entry, "Opus").subspan(28), "dOps")), "000201380000bb80000000");
  EXPECT_EQ(stream.muxer.codecs(), "opus");
}

TEST(Fmp4Muxer, HasMp3InTheFirstInitSegmentThoughItHasNoHeader) {
  Mp4Stream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kVideo, kKey, 0);
  stream.Write(kAudio, kMp3, 10);
  stream.Flush();
  EXPECT_EQ(stream.muxer.init_version(), 1U);
  EXPECT_EQ(stream.muxer.codecs(), "avc1.42C00B,mp4a.40.34");
}

TEST(Fmp4Muxer, MakesANewInitSegmentOnlyForSomethingNew) {
  Mp4Stream stream;
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  stream.Write(kAudio, kAac, 0);
  stream.Flush();
  // The same publisher returns.
  stream.muxer.Forget();
  stream.Write(kVideo, kAvcHeader, 40);
  stream.Write(kAudio, kAacHeader, 40);
  stream.Write(kVideo, kKey, 40);
  stream.Write(kAudio, kAac, 40);
  stream.Flush();
  EXPECT_EQ(stream.muxer.init_version(), 1U);
  // Other audio: what waits goes out with the init segment that it was made for.
  stream.Write(kVideo, kKey, 80);
  stream.Write(kAudio, kAac, 80);
  EXPECT_FALSE(stream.Write(kAudio, "af 00 1190", 80).has_fragment);
  const fmp4::Written written = stream.Write(kAudio, kAac, 100);
  EXPECT_TRUE(written.has_fragment);
  EXPECT_EQ(written.init_version, 1U);
  stream.Flush();
  EXPECT_EQ(stream.muxer.init_version(), 2U);
  const ByteView audio = Child(Child(stream.muxer.init(), "moov"), "trak", 1);
  EXPECT_EQ(LoadBe32(Find(audio, "mdia/mdhd").data() + 12), 48000U);
}

TEST(Fmp4Muxer, ListsOnlyTracksThatAreThere) {
  Mp4Stream stream(1000);
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  int64_t dts = 0;
  for (; dts < 4000; dts += 40) stream.Write(kVideo, kKey, dts);
  EXPECT_EQ(stream.muxer.codecs(), "avc1.42C00B,mp4a.40.2");  // audio was announced
  for (; dts < 8000; dts += 40) stream.Write(kVideo, kKey, dts);
  EXPECT_EQ(stream.muxer.codecs(), "avc1.42C00B");
  bool is_joinable = false;
  for (; dts < 16'000; dts += 23) is_joinable = stream.Write(kAudio, kAac, dts).is_joinable || is_joinable;
  EXPECT_TRUE(is_joinable);
  EXPECT_EQ(stream.muxer.codecs(), "mp4a.40.2");
}

TEST(Fmp4Muxer, LetsAudioCloseTheFragmentWhenVideoStops) {
  Mp4Stream stream(200);
  stream.Write(kVideo, kAvcHeader, 0);
  stream.Write(kAudio, kAacHeader, 0);
  stream.Write(kVideo, kKey, 0);
  stream.Write(kVideo, kInter, 40);
  int fragments = 0;
  for (int dts = 0; dts < 2000; dts += 23) fragments += stream.Write(kAudio, kAac, dts).has_fragment ? 1 : 0;
  EXPECT_GE(fragments, 6);
  EXPECT_FALSE(stream.fragment.audio.samples.empty());
}

TEST(Fmp4Muxer, BoundsWhatWaitsWhenTimestampsStandStill) {
  Mp4Stream stream(1000);
  stream.Write(kVideo, kAvcHeader, 0);
  int fragments = 0;
  for (int i = 0; i < 5000; ++i) fragments += stream.Write(kVideo, kInter, 0).has_fragment ? 1 : 0;
  EXPECT_EQ(fragments, 2);
}

TEST(Fmp4Muxer, LeavesOutWhatItCantCarryOrRead) {
  Mp4Stream stream;
  EXPECT_EQ(stream.Write(kVideo, "12 84", 0).reason, Reason::kCodecUnsupported);
  EXPECT_EQ(stream.Write(kVideo, "22 84", 40).reason, Reason::kNone);
  EXPECT_EQ(stream.Write(kAudio, "b6 00", 0).reason, Reason::kCodecUnsupported);
  EXPECT_EQ(stream.Write(kVideo, kKey, 0).reason, Reason::kCodedFrameMalformed);  // no header yet
  EXPECT_EQ(stream.Write(kVideo, "17 00 000000 01 42c00b ff e1 0004", 0).reason, Reason::kCodecConfigMalformed);
  EXPECT_EQ(stream.Write(kAudio, kAac, 0).reason, Reason::kCodedFrameMalformed);
  stream.Write(kVideo, kAvcHeader, 0);
  EXPECT_EQ(stream.Write(kVideo, "17 01 000000 00000009 6588", 0).reason, Reason::kCodedFrameMalformed);
  EXPECT_EQ(stream.Write(kVideo, "17 01 0000", 0).reason, Reason::kCodedFrameMalformed);
  EXPECT_EQ(stream.Write(kAudio, "2f 000102030405", 0).reason, Reason::kCodedFrameMalformed);
  EXPECT_FALSE(stream.Flush().has_fragment);
}

}  // namespace
}  // namespace weir::test
