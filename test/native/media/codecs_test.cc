// Decoder configurations as real encoders wrote them (x264, x265, libaom, SVT-AV1, ffmpeg's AAC, libopus).
#include <gtest/gtest.h>

#include "media/aac.h"
#include "media/av1.h"
#include "media/avc.h"
#include "media/hevc.h"
#include "media/mp3.h"
#include "media/nal.h"
#include "media/opus.h"
#include "test/native/support/hex.h"

namespace weir {
namespace {

using test::Hex;
using test::ToHex;

constexpr const char* kX264 = "0142c00bffe100176742c00bda0c3fef011000000300100000030320f142aa01000468ce0fc8";
constexpr const char* kX265 =
    "0101600000009000000000001ef000fcfdf8f800000f03a00001001840010c01ffff01600000030090000003000003001e959409a1000100"
    "2942010101600000030090000003000003001ea0182071f7965654a4c2f0168080000003008000000c84a2000100064401c073c189";

struct AvcCase {
  const char* record;
  uint32_t width, height;
  const char* text;
};
const AvcCase kAvcCases[] = {
    {kX264, 192, 108, "avc1.42C00B"},
    // Interlaced, cropped by fields.
    {"01640028ffe1001a67640028acd94078044fde0220000003002000000643e2c5b2c001000668fba3cb22c0fdf8f800", 1920, 1080,
     "avc1.640028"},
    // 4:4:4: cropping counts single samples.
    {"01f4000affe1001967f4000a919b28c4f3de0220000003002000000641e244b2c001000668ebe3c44844fff8f800", 90, 62,
     "avc1.F4000A"},
    // With scaling matrices.
    {"0164000bffe100186764000bacd942c4ec0440000003004000000c83c50a658001000768ebe3cb3002c0fdf8f800", 176, 144,
     "avc1.64000B"},
};

TEST(Avc, ReadsTheRecordsAndPictureSizesOfEncoders) {
  for (const AvcCase& c : kAvcCases) {
    const Buffer record = Hex(c.record);
    avc::Config config;
    ASSERT_TRUE(avc::ReadConfig(record, config)) << c.record;
    EXPECT_EQ(config.nal_length_size, 4);
    ASSERT_EQ(config.sps.size(), 1U);
    ASSERT_EQ(config.pps.size(), 1U);
    EXPECT_EQ(avc::CodecText(config), c.text);
    avc::Picture picture;
    ASSERT_TRUE(avc::ReadSps(config.sps[0], picture));
    EXPECT_EQ(picture.width, c.width);
    EXPECT_EQ(picture.height, c.height);
  }
}

TEST(Avc, TakesAnyNumberOfSetsAndAnyLengthSize) {
  for (int size = 1; size <= 4; ++size) {
    Buffer record = Hex("01 42c00b fc e2 0002 6742 0001 67 03 0001 68 0000 0002 6801");
    record[4] |= static_cast<uint8_t>(size - 1);
    avc::Config config;
    ASSERT_TRUE(avc::ReadConfig(record, config));
    EXPECT_EQ(config.nal_length_size, size);
    EXPECT_EQ(config.sps.size(), 2U);
    EXPECT_EQ(config.pps.size(), 2U);  // the empty one is left out
  }
  avc::Config config;
  EXPECT_TRUE(avc::ReadConfig(Hex("01 42c00b ff e0 00"), config));
  EXPECT_TRUE(config.sps.empty());
}

TEST(Avc, RefusesWhatIsCutOff) {
  const Buffer whole = Hex(kX264);
  for (size_t size = 0; size < whole.size(); ++size) {
    avc::Config config;
    const Buffer cut(whole.begin(), whole.begin() + static_cast<int64_t>(size));
    EXPECT_FALSE(avc::ReadConfig(cut, config)) << size;
  }
  const Buffer sps = Hex("6742c00bda0c3fef0110");
  for (size_t size = 0; size < 6; ++size) {
    avc::Picture picture;
    EXPECT_FALSE(avc::ReadSps(ByteView(sps).first(size), picture)) << size;
  }
  avc::Config config;
  EXPECT_FALSE(avc::ReadConfig(Hex("00 000001 67 42"), config));  // Annex B is no record
}

TEST(Hevc, ReadsTheRecordOfX265) {
  const Buffer record = Hex(kX265);
  hevc::Config config;
  ASSERT_TRUE(hevc::ReadConfig(record, config));
  EXPECT_EQ(config.nal_length_size, 4);
  EXPECT_EQ(config.vps.size(), 1U);
  ASSERT_EQ(config.sps.size(), 1U);
  EXPECT_EQ(config.pps.size(), 1U);
  EXPECT_EQ(hevc::CodecText(config), "hvc1.1.6.L30.90");
  hevc::Picture picture;
  ASSERT_TRUE(hevc::ReadSps(config.sps[0], picture));
  EXPECT_EQ(picture.width, 192U);
  EXPECT_EQ(picture.height, 108U);
  for (size_t size = 0; size < record.size(); ++size) {
    const Buffer cut(record.begin(), record.begin() + static_cast<int64_t>(size));
    EXPECT_FALSE(hevc::ReadConfig(cut, config)) << size;
  }
}

TEST(Hevc, KeepsOfSeiOnlyWhatDescribesHdr) {
  Buffer record = Hex("010160000000900000000000 1e f000fcfdf8f800000f 03");
  Append(record, Hex("27 0001 0004 4e01 05ff"));  // x265's options
  Append(record, Hex("27 0001 0004 4e01 8900"));  // mastering display
  Append(record, Hex("a0 0001 0002 4001"));       // a set of nothing but its header
  hevc::Config config;
  ASSERT_TRUE(hevc::ReadConfig(record, config));
  ASSERT_EQ(config.sei.size(), 1U);
  EXPECT_EQ(config.sei[0][2], 0x89);
  EXPECT_TRUE(config.vps.empty());
}

TEST(Hevc, ReadsTheSizeBehindTemporalLayers) {
  hevc::Picture picture;
  ASSERT_TRUE(hevc::ReadSps(Hex("42010102200000030090000003000003005da00280802d136595952930bc05a020000003002000000321"),
                            picture));
  EXPECT_EQ(picture.width, 1280U);
  EXPECT_EQ(picture.height, 720U);
}

TEST(Av1, ReadsTheRecordsOfEncoders) {
  av1::Config config;
  ASSERT_TRUE(av1::ReadConfig(Hex("81000c000a0a00000003b5feb36be401"), config));
  EXPECT_EQ(config.width, 192U);
  EXPECT_EQ(config.height, 108U);
  EXPECT_EQ(av1::CodecText(config), "av01.0.00M.08");
  ASSERT_TRUE(av1::ReadConfig(Hex("81004c000a0b000000043cfecc02f84040"), config));
  EXPECT_EQ(config.width, 320U);
  EXPECT_EQ(config.height, 180U);
  EXPECT_EQ(av1::CodecText(config), "av01.0.00M.10");
  EXPECT_TRUE(av1::ReadConfig(Hex("81 2d8c00"), config));
  EXPECT_EQ(config.width, 0U);
  EXPECT_EQ(av1::CodecText(config), "av01.1.13H.08");
  EXPECT_FALSE(av1::ReadConfig(Hex("01000c00"), config));
  EXPECT_FALSE(av1::ReadConfig(Hex("81000c"), config));
}

TEST(Av1, WalksObusAndStopsAtABrokenOne) {
  const Buffer unit = Hex("1200 0a02 aabb 32 8101");  // delimiter, sequence header, then a size beyond the end
  ByteView rest(unit);
  av1::Obu obu;
  ASSERT_TRUE(av1::NextObu(rest, obu));
  EXPECT_EQ(obu.type, av1::kTemporalDelimiter);
  EXPECT_EQ(ToHex(obu.whole), "1200");
  ASSERT_TRUE(av1::NextObu(rest, obu));
  EXPECT_EQ(obu.type, av1::kSequenceHeader);
  EXPECT_EQ(ToHex(obu.payload), "aabb");
  EXPECT_FALSE(av1::NextObu(rest, obu));
}

struct AacCase {
  const char* bytes;
  const char* text;
  uint32_t rate, output_rate;
  int channels;
  bool fits_adts;
};
const AacCase kAacCases[] = {
    {"1210", "mp4a.40.2", 44100, 44100, 2, true},
    {"121056e500", "mp4a.40.2", 44100, 44100, 2, true},  // ffmpeg says that there is no SBR
    {"118856e500", "mp4a.40.2", 48000, 48000, 1, true},
    {"11b056e500", "mp4a.40.2", 48000, 48000, 6, true},
    {"11b856e500", "mp4a.40.2", 48000, 48000, 8, true},
    {"118004c844002008c80d4c61766335392e33372e31303056e500", "mp4a.40.2", 48000, 48000, 7, false},  // channels in a PCE
    {"2b920800", "mp4a.40.5", 22050, 44100, 2, true},                                               // HE-AAC
    {"eb8a0800", "mp4a.40.29", 22050, 44100, 1, true},                                              // HE-AAC v2
    {"139056e5a0", "mp4a.40.5", 22050, 44100, 2, true},   // HE-AAC for old players too
    {"1780566d10", "mp4a.40.2", 44250, 44250, 2, false},  // a rate of 24 bits that no index stands for
    {"1780562210", "mp4a.40.2", 44100, 44100, 2, true},   // and one that has an index
    {"f8e840", "mp4a.40.39", 44100, 44100, 2, false},     // ELD
    {"1214", "mp4a.40.2", 44100, 44100, 2, false},        // 960 samples a frame
};

TEST(Aac, ReadsEveryFormOfTheConfiguration) {
  for (const AacCase& c : kAacCases) {
    aac::Config config;
    ASSERT_TRUE(aac::ReadConfig(Hex(c.bytes), config)) << c.bytes;
    EXPECT_EQ(aac::CodecText(config), c.text) << c.bytes;
    EXPECT_EQ(config.sample_rate, c.rate) << c.bytes;
    EXPECT_EQ(config.output_rate, c.output_rate) << c.bytes;
    EXPECT_EQ(config.channels, c.channels) << c.bytes;
    EXPECT_EQ(aac::FitsAdts(config), c.fits_adts) << c.bytes;
  }
}

TEST(Aac, RefusesWhatSaysNothing) {
  aac::Config config;
  for (const char* bytes : {"", "12", "0210", "1680", "1780"})
    EXPECT_FALSE(aac::ReadConfig(Hex(bytes), config)) << bytes;
}

TEST(Aac, WritesTheAdtsHeader) {
  aac::Config config;
  ASSERT_TRUE(aac::ReadConfig(Hex("1210"), config));
  uint8_t header[aac::kAdtsHeaderSize];
  aac::WriteAdtsHeader(header, config, 361);
  EXPECT_EQ(ToHex(header), "fff150802e1ffc");
  aac::WriteAdtsHeader(header, config, aac::kMaxAdtsPayload);
  EXPECT_EQ(ToHex(header), "fff15083fffffc");
}

TEST(Mp3, ReadsFrameHeaders) {
  mp3::Header header;
  ASSERT_TRUE(mp3::ReadHeader(Hex("fffb90c4"), header));  // MPEG 1 layer 3, 128 kbit/s, 44.1 kHz
  EXPECT_EQ(header.layer, 3);
  EXPECT_EQ(header.sample_rate, 44100U);
  EXPECT_EQ(header.channels, 1);
  EXPECT_EQ(header.samples, 1152);
  EXPECT_EQ(header.size, 417U);
  ASSERT_TRUE(mp3::ReadHeader(Hex("fff3 8040"), header));  // MPEG 2, 22.05 kHz
  EXPECT_FALSE(header.is_mpeg1);
  EXPECT_EQ(header.sample_rate, 22050U);
  EXPECT_EQ(header.samples, 576);
  EXPECT_EQ(header.size, 208U);
  ASSERT_TRUE(mp3::ReadHeader(Hex("ffe3 1840"), header));  // MPEG 2.5, 8 kHz
  EXPECT_EQ(header.sample_rate, 8000U);
  for (const char* bytes : {"fffb90", "fefb9000", "ffeb9000", "fff99000", "fffbf000", "fffb9c00"})
    EXPECT_FALSE(mp3::ReadHeader(Hex(bytes), header)) << bytes;
}

TEST(Opus, ReadsTheHeader) {
  opus::Head head;
  ASSERT_TRUE(opus::ReadHead(Hex("4f707573486561640102380180bb0000000000"), head));
  EXPECT_EQ(head.channels, 2);
  EXPECT_EQ(head.pre_skip, 312);
  EXPECT_EQ(head.input_rate, 48000U);
  ASSERT_TRUE(opus::ReadHead(Hex("4f707573486561640106380180bb00000000010402000401020305"), head));
  EXPECT_EQ(head.channels, 6);
  EXPECT_EQ(head.streams, 4);
  EXPECT_EQ(head.coupled, 2);
  EXPECT_EQ(head.mapping[1], 4);
  EXPECT_TRUE(opus::ReadHead({}, head));  // allowed: stereo
  EXPECT_EQ(head.channels, 2);
  EXPECT_FALSE(opus::ReadHead(Hex("4f707573486561640106380180bb000000000104020004010203"), head));
  EXPECT_FALSE(opus::ReadHead(Hex("4f707573486561640103380180bb0000000000"), head));
  EXPECT_FALSE(opus::ReadHead(Hex("4f7075"), head));
}

TEST(Opus, TellsAPacketsDuration) {
  const struct {
    const char* packet;
    uint32_t samples;
  } cases[] = {{"fc", 960}, {"fd", 1920}, {"fe", 1920}, {"fb06", 5760}, {"fb", 0}, {"fb07", 0},
               {"e0", 120}, {"18", 2880}, {"68", 960},  {"60", 480},    {"", 0},   {"f840", 960}};
  for (const auto& c : cases) EXPECT_EQ(opus::PacketSamples(Hex(c.packet)), c.samples) << c.packet;
}

TEST(Nal, WalksUnitsOfEveryLengthSizePastEmptyOnes) {
  const char* samples[] = {"01 65 00 02 41aa", "0001 65 0000 0002 41aa", "000001 65 000000 000002 41aa",
                           "00000001 65 00000000 00000002 41aa"};
  for (int size = 1; size <= 4; ++size) {
    const Buffer sample = Hex(samples[size - 1]);
    NalReader reader(sample, size);
    ByteView nal;
    ASSERT_TRUE(reader.Next(nal));
    EXPECT_EQ(ToHex(nal), "65");
    ASSERT_TRUE(reader.Next(nal));
    EXPECT_EQ(ToHex(nal), "41aa");
    EXPECT_FALSE(reader.Next(nal));
    EXPECT_FALSE(reader.is_broken());
  }
  for (const char* broken : {"00000003 6500", "00000001 65 00", "ffffffff 65"}) {
    const Buffer sample = Hex(broken);
    NalReader reader(sample, 4);
    ByteView nal;
    while (reader.Next(nal)) continue;
    EXPECT_TRUE(reader.is_broken()) << broken;
  }
}

TEST(Nal, TakesEscapesOut) {
  uint8_t out[8];
  EXPECT_EQ(ToHex(ByteView(out, Unescape(Hex("67 000003 01 000003 000003"), out))),
            "670000010000"
            "0000");
  EXPECT_EQ(Unescape(Hex("0102030405060708090a"), out), 8U);
}

}  // namespace
}  // namespace weir
