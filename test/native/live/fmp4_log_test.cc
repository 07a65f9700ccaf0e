#include "live/fmp4_log.h"

#include <gtest/gtest.h>

#include "test/native/live/cut_stream.h"
#include "test/native/support/boxes.h"

namespace weir::test {
namespace {

class Fmp4LogTest : public testing::Test {
 protected:
  Fmp4LogTest() {
    stream_.grant().hls->container = Container::kFmp4;
    stream_.Open<Fmp4Log>();
    stream_.Publish();
  }

  // "init 1", "0 K", "2000 D": what was told, in order.
  std::string Story() const {
    std::string text;
    for (const Told& told : stream_.told()) {
      if (told.what == Told::What::kPart) continue;
      if (told.what == Told::What::kInit) {
        text += "init " + std::to_string(told.facts.init_version) + " " + told.codecs + "\n";
        continue;
      }
      text += std::to_string(told.piece().start) + "+" + std::to_string(told.piece().duration) + " v" +
              std::to_string(told.facts.init_version) + (told.piece().independent ? " K" : "") +
              (told.piece().discontinuity ? " D" : "") + "\n";
    }
    return text;
  }

  CutStream stream_;
};

TEST_F(Fmp4LogTest, FragmentsAreExactAndMadeOfShortPieces) {
  stream_.Headers(0);
  stream_.Both(0, 10'000, 2'000);
  stream_.End();
  EXPECT_EQ(Story(),
            "init 1 avc1.42C00B,mp4a.40.2\n"
            "0+2000 v1 K\n"
            "2000+2000 v1 K\n"
            "4000+2000 v1 K\n"
            "6000+2000 v1 K\n"
            "8000+2000 v1 K\n");
  int64_t video = 0;
  int64_t audio = 0;
  size_t sounds = 0;
  for (const Told& fragment : stream_.Fragments()) {
    const Buffer bytes = BytesOf(fragment.range);
    for (const ReadFragment& piece : ReadPieces(bytes)) {
      EXPECT_EQ(piece.video.start, video);
      EXPECT_EQ(piece.audio.start, audio);
      EXPECT_LE(piece.video.end - piece.video.start, 90'000);
      video = piece.video.end;
      audio = piece.audio.end;
      sounds += piece.audio.samples.size();
    }
    EXPECT_EQ(video, 90 * (fragment.piece().start + fragment.piece().duration));
    EXPECT_TRUE(ReadPieces(bytes)[0].video.samples[0].is_key);
  }
  EXPECT_EQ(sounds, 435u);
}

TEST_F(Fmp4LogTest, TheInitSegmentIsToldAgainToThoseWhoFollowTheNextPublish) {
  for (int i = 0; i < 2; ++i) {
    stream_.Headers(i * 5'000);
    stream_.Both(i * 5'000, i * 5'000 + 2'000, 1'000);
    stream_.End();
    stream_.Publish();
  }
  EXPECT_EQ(Story(),
            "init 1 avc1.42C00B,mp4a.40.2\n"
            "0+2000 v1 K\n"
            "init 1 avc1.42C00B,mp4a.40.2\n"
            "2018+2000 v1 K\n");
}

TEST_F(Fmp4LogTest, AnotherConfigurationIsAnotherPresentation) {
  stream_.Headers(0);
  stream_.Both(0, 1'000, 1'000);
  stream_.Headers(1'000);
  stream_.Both(1'000, 2'000, 1'000);
  stream_.Send(9, 2'000, Hex(CutStream::kOtherAvcHeader));
  stream_.Both(2'000, 3'000, 1'000);
  stream_.Send(8, 3'000, Hex(CutStream::kOtherAacHeader));
  stream_.Both(3'000, 4'000, 1'000);
  stream_.End();
  EXPECT_EQ(Story(),
            "init 1 avc1.42C00B,mp4a.40.2\n"
            "0+2000 v1 K\n"
            "init 2 avc1.42C00B,mp4a.40.2\n"
            "2000+1000 v2 K D\n"
            "init 3 avc1.42C00B,mp4a.40.2\n"
            "3000+1000 v3 K D\n");
}

TEST_F(Fmp4LogTest, Mp3HasNoHeaderAndIsThereFromTheBeginning) {
  for (int publish = 0; publish < 2; ++publish) {
    stream_.Send(9, 0, Hex(CutStream::kAvcHeader));
    for (int64_t dts = 0; dts < 1'000; dts += 40) {
      stream_.Video(dts, dts == 0);
      stream_.Send(8, dts + 10, Hex("2f fffb9064 00000000"));
    }
    stream_.End();
    stream_.Publish();
  }
  EXPECT_EQ(Story(),
            "init 1 avc1.42C00B,mp4a.40.34\n"
            "0+1000 v1 K\n"
            "init 1 avc1.42C00B,mp4a.40.34\n"
            "1010+1000 v1 K\n");
}

TEST_F(Fmp4LogTest, ATrackThatComesLateBeginsAFragment) {
  stream_.Send(9, 0, Hex(CutStream::kAvcHeader));
  for (int64_t dts = 0; dts < 3'000; dts += 40) stream_.Video(dts, dts == 0);
  stream_.Send(8, 3'000, Hex(CutStream::kAacHeader));
  stream_.Both(3'000, 4'000, 60'000);
  stream_.End();
  EXPECT_EQ(Story(),
            "init 1 avc1.42C00B\n"
            "0+3000 v1 K\n"
            "init 2 avc1.42C00B,mp4a.40.2\n"
            "3000+1000 v2 K D\n");
}

TEST_F(Fmp4LogTest, PartsArePiecesOfTheirFragment) {
  stream_.grant().hls->part = 500;
  stream_.Publish();
  stream_.Headers(0);
  stream_.Both(0, 10'000, 2'000);
  stream_.End();
  Buffer joined;
  for (const Told& told : stream_.told()) {
    if (told.what == Told::What::kInit) continue;
    const Buffer bytes = BytesOf(told.range);
    if (told.what == Told::What::kFragment) {
      EXPECT_EQ(joined, bytes);
      joined.clear();
      continue;
    }
    Append(joined, bytes);
    auto pieces = ReadPieces(bytes);
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0].video.start, 90 * told.piece().start);
    EXPECT_EQ(pieces[0].video.end, 90 * (told.piece().start + told.piece().duration));
    EXPECT_EQ(told.piece().independent, told.piece().index == 0);
  }
  EXPECT_TRUE(joined.empty());
  EXPECT_EQ(stream_.Of(Told::What::kPart).size(), 25u);
}

}  // namespace
}  // namespace weir::test
