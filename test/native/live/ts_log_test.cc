#include "live/ts_log.h"

#include <gtest/gtest.h>

#include "test/native/live/cut_stream.h"
#include "test/native/support/transport.h"

namespace weir::test {
namespace {

class TsLogTest : public testing::Test {
 protected:
  TsLogTest() {
    stream_.Open<TsLog>();
    stream_.Publish();
  }

  // Reads fragments as one stream; each must begin with its tables.
  void ReadAll() {
    for (const Told& fragment : stream_.Fragments()) {
      Buffer bytes = BytesOf(fragment.range);
      ASSERT_GE(bytes.size(), 2 * 188u);
      EXPECT_EQ(ToHex(ByteView(bytes).first(3)), "474000");
      EXPECT_EQ(ToHex(ByteView(bytes).subspan(188, 3)), "475001");
      transport_.Read(bytes);
      EXPECT_EQ(transport_.faults, "");
    }
  }

  CutStream stream_;
  Transport transport_;
};

TEST_F(TsLogTest, FragmentsBeginWithKeyFramesAndFollowEachOther) {
  stream_.Headers(0);
  stream_.Both(0, 10'000, 1'000);
  stream_.End();
  auto fragments = stream_.Fragments();
  ASSERT_EQ(fragments.size(), 5u);
  uint64_t at = 0;
  for (size_t i = 0; i < fragments.size(); ++i) {
    EXPECT_EQ(fragments[i].piece().start, static_cast<int64_t>(i) * 2'000);
    EXPECT_EQ(fragments[i].piece().duration, 2'000);
    EXPECT_TRUE(fragments[i].piece().independent);
    EXPECT_FALSE(fragments[i].piece().discontinuity);
    EXPECT_EQ(fragments[i].piece().last, i == 4);
    EXPECT_EQ(fragments[i].range.pieces.front().from, at);
    at = fragments[i].range.pieces.back().to;
  }
  EXPECT_EQ(at, stream_.log().log().tail());
  ReadAll();
  // Nothing that was sent is missing.
  int pictures = 0;
  size_t sound = 0;
  for (const ReadPes& pes : transport_.pes) {
    pictures += pes.pid == 0x100 ? 1 : 0;
    if (pes.pid == 0x101) sound += pes.bytes.size();
  }
  EXPECT_EQ(pictures, 250);
  EXPECT_EQ(sound, 435u * (7 + 5));
}

TEST_F(TsLogTest, SoundBeforeACutIsInTheFragmentBeforeIt) {
  stream_.Headers(0);
  stream_.Both(0, 4'100, 2'000);
  for (const Told& fragment : stream_.Fragments()) {
    Transport alone;
    alone.Read(BytesOf(fragment.range));
    const int64_t begin = alone.pes.front().dts;
    EXPECT_EQ(alone.pes.front().pid, 0x100);
    EXPECT_TRUE(alone.pes.front().is_random_access);
    for (const ReadPes& pes : alone.pes) EXPECT_GE(pes.dts, begin);
  }
}

TEST_F(TsLogTest, WhatWaitsIsWrittenAtTheEndOfAPublish) {
  stream_.Headers(0);
  stream_.Video(0, true);
  stream_.Audio(5);
  EXPECT_TRUE(stream_.told().empty());
  stream_.End();
  ASSERT_EQ(stream_.Fragments().size(), 1u);
  ReadAll();
  EXPECT_EQ(transport_.pes.size(), 2u);
  stream_.End();  // nothing is told twice
  EXPECT_EQ(stream_.Fragments().size(), 1u);
}

TEST_F(TsLogTest, CountersAndClockGoOnAcrossPublishers) {
  stream_.Headers(0);
  stream_.Both(0, 3'000, 1'000);
  stream_.End();
  stream_.Publish();
  stream_.Headers(70'000);
  stream_.Both(70'000, 73'000, 1'000);
  stream_.End();
  ReadAll();
  EXPECT_TRUE(transport_.pcr_jumps.empty());
  for (const Told& fragment : stream_.Fragments()) EXPECT_FALSE(fragment.piece().discontinuity);
}

TEST_F(TsLogTest, ATrackThatThePublisherTookAlongLeavesTheTables) {
  stream_.Headers(0);
  stream_.Both(0, 1'000, 1'000);
  stream_.End();
  stream_.Publish();
  stream_.Send(9, 0, Hex(CutStream::kAvcHeader));
  stream_.Video(0, true);
  stream_.End();
  auto fragments = stream_.Fragments();
  ASSERT_EQ(fragments.size(), 2u);
  EXPECT_TRUE(fragments[1].piece().discontinuity);
  EXPECT_FALSE(fragments[1].piece().has_audio);
  ReadAll();
  EXPECT_EQ(ToHex(transport_.pmt).find("0fe101"), std::string::npos);
}

TEST_F(TsLogTest, OnlyOtherBytesAreAnotherConfiguration) {
  stream_.Headers(0);
  stream_.Both(0, 1'000, 1'000);
  stream_.Headers(1'000);  // as some encoders do with each key frame
  stream_.Both(1'000, 2'000, 1'000);
  stream_.Send(9, 2'000, Hex(CutStream::kOtherAvcHeader));
  stream_.Both(2'000, 3'000, 1'000);
  stream_.Send(8, 3'000, Hex(CutStream::kOtherAacHeader));
  stream_.Both(3'000, 4'000, 1'000);
  stream_.End();
  auto fragments = stream_.Fragments();
  ASSERT_EQ(fragments.size(), 3u);
  EXPECT_EQ(fragments[1].piece().start, 2'000);
  EXPECT_TRUE(fragments[1].piece().discontinuity);
  EXPECT_TRUE(fragments[2].piece().discontinuity);
  EXPECT_TRUE(fragments[2].piece().independent);
  ReadAll();
}

TEST_F(TsLogTest, TheSameMp3IsNoDiscontinuity) {
  for (int publish = 0; publish < 2; ++publish) {
    stream_.Send(9, 0, Hex(CutStream::kAvcHeader));
    for (int64_t dts = 0; dts < 2'000; dts += 40) {
      stream_.Video(dts, dts == 0);
      stream_.Send(8, dts, Hex("2f fffb9064 00000000"));
    }
    stream_.End();
    stream_.Publish();
  }
  stream_.Send(9, 0, Hex(CutStream::kAvcHeader));
  stream_.Video(0, true);
  stream_.Send(8, 0, Hex("2f fffb9464 00000000"));  // 48 kHz
  stream_.End();
  auto fragments = stream_.Fragments();
  ASSERT_EQ(fragments.size(), 3u);
  EXPECT_FALSE(fragments[1].piece().discontinuity);
  EXPECT_TRUE(fragments[2].piece().discontinuity);
}

TEST_F(TsLogTest, OtherParameterSetsInBandAreADiscontinuity) {
  stream_.Headers(0);
  stream_.Both(0, 1'000, 1'000);
  const std::string sets_and_key = "17 01 000000 00000005 6742c01fee 00000004 68ce1fc8 00000003 6588aa";
  stream_.Send(9, 1'000, Hex(sets_and_key));
  stream_.Send(9, 2'000, Hex(sets_and_key));
  stream_.Send(9, 3'000, Hex(sets_and_key));
  stream_.End();
  auto fragments = stream_.Fragments();
  ASSERT_EQ(fragments.size(), 3u);
  EXPECT_EQ(fragments[1].piece().start, 1'000);
  EXPECT_TRUE(fragments[1].piece().discontinuity);
  EXPECT_FALSE(fragments[2].piece().discontinuity);
  ReadAll();
}

TEST_F(TsLogTest, WhatIsHeldOutlivesTheLogAndIsCounted) {
  stream_.Headers(0);
  for (int64_t dts = 0; dts < 40'000; dts += 40) stream_.Video(dts, dts % 2'000 == 0, 5'000);
  auto fragments = stream_.Fragments();
  ASSERT_EQ(fragments.size(), 19u);
  Transport transport;
  for (const Told& fragment : fragments) transport.Read(BytesOf(fragment.range));
  EXPECT_EQ(transport.faults, "");
  int64_t held = stream_.budget().used();
  EXPECT_GT(held, 5'000'000);
  EXPECT_EQ(held, stream_.log().log().memory());
  EXPECT_GT(fragments.back().facts.log_bytes, 4'500'000);
  fragments.clear();
  stream_.Release();
  EXPECT_LT(stream_.budget().used(), 2'000'000);
}

TEST_F(TsLogTest, AFragmentMayNotTakeTheLogsMemory) {
  stream_.grant().log_memory = 4 << 20;
  stream_.Publish();
  stream_.Headers(0);
  for (int64_t dts = 0; dts < 20'000; dts += 40) {
    stream_.Video(dts, dts == 0, 20'000);  // one key frame only
    for (const Told& told : stream_.told()) EXPECT_LE(told.range.size(), (1u << 20) + 30'000);
    stream_.Release();
    EXPECT_LE(stream_.log().log().memory(), 8 << 20);
  }
}

TEST_F(TsLogTest, ACodecThatTsCannotCarryLeavesTheRest) {
  stream_.Send(9, 0, Hex("12 00"));  // Sorenson
  stream_.Send(8, 0, Hex(CutStream::kAacHeader));
  for (int64_t dts = 0; dts < 5'000; dts += 23) {
    stream_.Send(9, dts, Hex("22 00"));
    stream_.Audio(dts);
  }
  EXPECT_EQ(stream_.log().refusals.get(), 1u);
  ASSERT_EQ(stream_.Fragments().size(), 1u);
  EXPECT_FALSE(stream_.Fragments()[0].piece().has_video);
  EXPECT_TRUE(stream_.Fragments()[0].piece().independent);
}

TEST_F(TsLogTest, PartsFillTheirFragmentAndBeginWithTables) {
  stream_.grant().hls->part = 500;
  stream_.Publish();
  stream_.Headers(0);
  stream_.Both(0, 10'000, 2'000);
  stream_.End();
  Buffer joined;
  size_t fragments = 0;
  for (const Told& told : stream_.told()) {
    Buffer bytes = BytesOf(told.range);
    if (told.what == Told::What::kPart) {
      EXPECT_EQ(ToHex(ByteView(bytes).first(3)), "474000");
      Append(joined, bytes);
      continue;
    }
    EXPECT_EQ(joined, bytes);
    joined.clear();
    ++fragments;
  }
  EXPECT_EQ(fragments, 5u);
  EXPECT_EQ(stream_.Of(Told::What::kPart).size(), 25u);
  ReadAll();
}

TEST_F(TsLogTest, WithoutAGrantNothingIsCut) {
  stream_.grant().hls.reset();
  stream_.Publish();
  stream_.Headers(0);
  stream_.Both(0, 10'000, 1'000);
  stream_.End();
  EXPECT_TRUE(stream_.told().empty());
}

}  // namespace
}  // namespace weir::test
