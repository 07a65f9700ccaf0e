#include "live/cutter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir {
namespace {

using Cut = Cutter::Cut;

constexpr uint64_t kMaxBytes = 1'000'000;

// Feeds a cutter as a log does, and keeps what it cut.
class CutterTest : public testing::Test {
 protected:
  CutterTest() { Publish(); }

  void Publish() { cutter_.Begin(rules_, kMaxBytes); }
  void Video(int64_t dts, bool is_key = false, bool is_new_setup = false) { Send({dts, true, is_key, is_new_setup}); }
  void Key(int64_t dts) { Video(dts, true); }
  void Audio(int64_t dts, bool is_new_setup = false) { Send({dts, false, false, is_new_setup}); }
  void Send(const Cutter::Frame& frame) { Take(cutter_.Before(frame, bytes_)); }
  void End() { Take(cutter_.End()); }
  void Take(Cut cut) {
    if (cut == Cut::kNone) return;
    if (cutter_.part() != nullptr) parts_.push_back(*cutter_.part());
    if (cut == Cut::kPart) return;
    fragments_.push_back(cutter_.fragment());
    bytes_ = 0;
  }
  // 25 pictures a second with a key frame every `gop` ms, and AAC of 48 kHz.
  void Both(int64_t from, int64_t to, int64_t gop) {
    int64_t audio = from;
    for (int64_t dts = from; dts < to; dts += 40) {
      Video(dts, (dts - from) % gop == 0);
      for (; audio < dts + 40; audio += 21) Audio(audio);
    }
  }
  void AudioAlone(int64_t from, int64_t to) {
    for (int64_t dts = from; dts < to; dts += 21) Audio(dts);
  }

  // "0+2000 K va" for each: start, duration, K if it is independent, D for a discontinuity, the tracks.
  static std::string Show(const std::vector<Cutter::Piece>& pieces) {
    std::string text;
    for (const Cutter::Piece& piece : pieces) {
      text += std::to_string(piece.start) + "+" + std::to_string(piece.duration) + " ";
      text += piece.independent ? "K" : "";
      text += piece.discontinuity ? "D" : "";
      text += piece.last ? "L" : "";
      text += piece.has_video ? " v" : " ";
      text += piece.has_audio ? "a\n" : "\n";
    }
    return text;
  }

  HlsGrant rules_{.fragment = 2'000, .longest = 4'000, .wait_keyframe = true, .part = 0};
  Cutter cutter_;
  uint64_t bytes_ = 0;
  std::vector<Cutter::Piece> fragments_;
  std::vector<Cutter::Piece> parts_;
};

TEST_F(CutterTest, CutsAtTheFirstKeyFrameAfterTheFragmentsLength) {
  Both(0, 9'100, 1'500);
  EXPECT_EQ(Show(fragments_),
            "0+3000 K va\n"
            "3000+3000 K va\n"
            "6000+3000 K va\n");
  End();
  EXPECT_EQ(Show({fragments_.back()}), "9000+120 KL va\n");
}

TEST_F(CutterTest, AFragmentEndsWhereTheNextBegins) {
  for (int i = 0; i < 200; ++i) Video(i * 33 + i % 3, i % 30 == 0);
  ASSERT_GE(fragments_.size(), 2U);
  for (size_t i = 1; i < fragments_.size(); ++i) {
    EXPECT_EQ(fragments_[i].start, fragments_[i - 1].start + fragments_[i - 1].duration);
  }
}

TEST_F(CutterTest, KeyFramesAreWaitedForIfSoWished) {
  Both(0, 9'000, 8'000);
  EXPECT_EQ(Show(fragments_), "0+8000 K va\n");
}

TEST_F(CutterTest, ElseALongGopIsCutAtAPicture) {
  rules_.wait_keyframe = false;
  Publish();
  Both(0, 9'000, 60'000);
  EXPECT_EQ(Show(fragments_),
            "0+4000 K va\n"
            "4000+4000  va\n");
}

TEST_F(CutterTest, AFragmentThatNobodyCanBeginWithEndsAtItsFirstKeyFrame) {
  rules_.wait_keyframe = false;
  Publish();
  Both(0, 12'000, 5'200);
  EXPECT_EQ(Show(fragments_),
            "0+4000 K va\n"
            "4000+1200  va\n"
            "5200+4000 K va\n"
            "9200+1200  va\n");
}

TEST_F(CutterTest, AFragmentThatIsTooLargeEndsWithoutAKeyFrame) {
  Both(0, 1'000, 60'000);
  bytes_ = kMaxBytes;
  Audio(1'001);  // not here: its length is that of its video
  Both(1'040, 1'500, 60'000);
  EXPECT_EQ(Show(fragments_), "0+1040 K va\n");
}

TEST_F(CutterTest, SoundAloneIsCutByItsLength) {
  AudioAlone(0, 9'000);
  EXPECT_EQ(Show(fragments_),
            "0+4011 K a\n"
            "4011+4011 K a\n");
  End();
  EXPECT_EQ(Show({fragments_.back()}), "8022+987 KL a\n");
}

TEST_F(CutterTest, SoundAloneIsCutAtMostOnceASecond) {
  rules_.longest = 100;
  Publish();
  AudioAlone(0, 2'100);
  EXPECT_EQ(Show(fragments_),
            "0+1008 K a\n"
            "1008+1008 K a\n");
}

TEST_F(CutterTest, WhenVideoStopsSoundIsCutByItsLength) {
  Both(0, 1'000, 1'000);
  AudioAlone(1'008, 11'500);
  ASSERT_EQ(fragments_.size(), 2U);
  // 5 s after the last picture there is no video any more.
  EXPECT_EQ(Show({fragments_[0]}), "0+5964 K va\n");
  EXPECT_EQ(Show({fragments_[1]}), "5964+4011 KD a\n");
}

TEST_F(CutterTest, VideoThatReturnsBeginsAFragment) {
  Both(0, 1'000, 1'000);
  AudioAlone(1'008, 12'000);
  size_t before = fragments_.size();
  Both(12'000, 13'000, 1'000);
  ASSERT_EQ(fragments_.size(), before + 1);
  End();
  EXPECT_EQ(Show({fragments_.back()}), "12000+1000 KDL va\n");
}

TEST_F(CutterTest, VideoWithoutSound) {
  for (int i = 0; i <= 100; ++i) Video(i * 40, i % 50 == 0);
  EXPECT_EQ(Show(fragments_),
            "0+2000 K v\n"
            "2000+2000 K v\n");
}

TEST_F(CutterTest, SlidesAreNoSilence) {
  for (int64_t i = 0; i < 8; ++i) {
    Key(i * 3'000);
    AudioAlone(i * 3'000, (i + 1) * 3'000);
  }
  EXPECT_EQ(fragments_.size(), 7U);
  for (const Cutter::Piece& piece : fragments_) EXPECT_EQ(piece.duration, 3'000);
}

TEST_F(CutterTest, ATrackFarAheadOfTheOtherIsNoSilence) {
  for (int64_t dts = 0; dts < 13'000; dts += 40) {
    Video(dts, dts % 2'000 == 0);
    Audio(dts + 8'000);
  }
  EXPECT_EQ(fragments_.size(), 6U);
  for (const Cutter::Piece& piece : fragments_) EXPECT_EQ(piece.duration, 2'000);
}

TEST_F(CutterTest, SoundThatComesFirstIsPartOfTheFragment) {
  AudioAlone(0, 200);
  Both(210, 2'300, 2'000);
  EXPECT_EQ(Show(fragments_), "0+2210 K va\n");
}

TEST_F(CutterTest, ANewConfigurationBeginsADiscontinuity) {
  Both(0, 1'000, 2'000);
  Video(1'000, true, true);
  Both(1'001, 2'000, 60'000);
  End();
  EXPECT_EQ(Show(fragments_),
            "0+1000 K va\n"
            "1000+1001 KDL va\n");
}

TEST_F(CutterTest, WhereBothTracksChangeThereIsOneCut) {
  for (bool is_video_first : {true, false}) {
    fragments_.clear();
    cutter_ = Cutter();
    Publish();
    Both(0, 1'000, 2'000);
    if (is_video_first) Video(1'000, true, true);
    Audio(1'008, true);
    if (!is_video_first) Video(1'010, true, true);
    Both(1'040, 2'000, 60'000);
    End();
    ASSERT_EQ(fragments_.size(), 2U);
    EXPECT_TRUE(fragments_[1].discontinuity);
    EXPECT_TRUE(fragments_[1].independent);
    EXPECT_FALSE(fragments_[0].discontinuity);
  }
}

TEST_F(CutterTest, TheSamePublisherComesBackWithoutADiscontinuity) {
  Both(0, 3'000, 1'000);
  End();
  Publish();
  Both(3'080, 6'000, 1'000);
  EXPECT_EQ(Show(fragments_),
            "0+2000 K va\n"
            "2000+1000 KL va\n"
            "3080+2000 K va\n");
}

TEST_F(CutterTest, AnotherPublisherIsADiscontinuity) {
  Both(0, 1'000, 1'000);
  End();
  Publish();
  Video(1'040, true, true);
  End();
  Publish();
  Key(1'120);
  Audio(1'130);
  End();
  EXPECT_EQ(Show(fragments_),
            "0+1000 KL va\n"
            "1040+40 KDL v\n"
            "1120+40 KDL va\n");
}

TEST_F(CutterTest, AClockThatJumpsIsADiscontinuity) {
  for (int64_t jump : {int64_t{3'600'000}, int64_t{-700}}) {
    fragments_.clear();
    cutter_ = Cutter();
    Publish();
    Both(10'000, 11'000, 1'000);
    Audio(11'000 + jump);
    if (jump > 0) Video(11'000);  // comes late, by the old clock
    Both(11'020 + jump, 12'000 + jump, 1'000);
    End();
    ASSERT_EQ(fragments_.size(), 2U) << jump;
    EXPECT_EQ(Show({fragments_[0]}), "10000+1000 K va\n");
    EXPECT_EQ(fragments_[1].start, 11'000 + jump);
    EXPECT_TRUE(fragments_[1].discontinuity);
  }
}

TEST_F(CutterTest, ARepublishOnAnotherClockIsADiscontinuity) {
  Both(100'000, 101'000, 1'000);
  End();
  Publish();
  Both(0, 1'000, 1'000);
  End();
  EXPECT_EQ(Show(fragments_),
            "100000+1000 KL va\n"
            "0+1000 KDL va\n");
}

TEST_F(CutterTest, WhatIsLostTearsTheStream) {
  Both(0, 1'000, 2'000);
  cutter_.Break();
  Audio(1'008);
  End();
  EXPECT_EQ(Show(fragments_),
            "0+1000 K va\n"
            "1008+21 KDL va\n");
}

TEST_F(CutterTest, OtherRulesHoldFromTheNextFragmentOn) {
  Both(0, 1'000, 1'000);
  rules_ = {.fragment = 1'000, .longest = 4'000, .part = 500};
  cutter_.Change(rules_, kMaxBytes);
  Both(1'000, 4'100, 1'000);
  EXPECT_EQ(Show(fragments_),
            "0+2000 K va\n"
            "2000+1000 K va\n"
            "3000+1000 K va\n");
  ASSERT_EQ(parts_.size(), 6U);
  EXPECT_EQ(parts_.front().start, 2'000);
}

TEST_F(CutterTest, NothingEndsBeforeSomethingBegan) {
  End();
  EXPECT_TRUE(fragments_.empty());
}

class PartCutterTest : public CutterTest {
 protected:
  PartCutterTest() {
    rules_.part = 500;
    Publish();
  }
  // Parts fill their fragments without a gap, and none is too long.
  void CheckParts(int64_t longest) {
    size_t i = 0;
    for (const Cutter::Piece& fragment : fragments_) {
      int64_t at = fragment.start;
      for (int index = 0; at < fragment.start + fragment.duration; ++index, ++i) {
        ASSERT_LT(i, parts_.size());
        EXPECT_EQ(parts_[i].start, at);
        EXPECT_EQ(parts_[i].index, index);
        EXPECT_EQ(parts_[i].discontinuity, fragment.discontinuity);
        EXPECT_LE(parts_[i].duration, longest);
        at += parts_[i].duration;
      }
      EXPECT_EQ(at, fragment.start + fragment.duration);
    }
  }
};

TEST_F(PartCutterTest, APartEndsBeforeTheFrameThatWouldMakeItTooLong) {
  Both(0, 2'100, 2'000);
  EXPECT_EQ(Show(fragments_), "0+2000 K va\n");
  EXPECT_EQ(Show(parts_),
            "0+480 K va\n"
            "480+480  va\n"
            "960+480  va\n"
            "1440+480  va\n"
            "1920+80  va\n");
}

TEST_F(PartCutterTest, PartsFillTheirFragment) {
  Both(0, 12'300, 2'000);
  AudioAlone(12'301, 30'000);
  Both(30'000, 36'000, 2'000);
  End();
  CheckParts(500);
}

TEST_F(PartCutterTest, NoPartIsLongerWhereFramesAreRoundedToMilliseconds) {
  for (int64_t i = 0; i < 900; ++i) Video((i * 1001 + 15) / 30, i % 60 == 0);
  End();
  CheckParts(500);
  for (const Cutter::Piece& part : parts_) EXPECT_TRUE(part.duration >= 425 || part.index == 4 || part.last);
}

TEST_F(PartCutterTest, SoundEndsPartsWherePicturesAreFew) {
  for (int64_t i = 0; i < 8; ++i) {
    Key(i * 2'000);
    AudioAlone(i * 2'000 + 5, (i + 1) * 2'000);
  }
  End();
  CheckParts(500);
  for (const Cutter::Piece& part : parts_) EXPECT_EQ(part.independent, part.index == 0);
}

TEST_F(PartCutterTest, SoundAlone) {
  AudioAlone(0, 9'000);
  End();
  CheckParts(500);
  for (const Cutter::Piece& part : parts_) EXPECT_TRUE(part.independent);
}

TEST_F(PartCutterTest, WhatWasToldWithThePartsStays) {
  for (int64_t dts = 0; dts < 1'000; dts += 40) Video(dts, dts == 0);
  Both(1'000, 4'100, 1'000);  // sound joins in the middle
  End();
  ASSERT_EQ(fragments_.size(), 3U);
  EXPECT_FALSE(fragments_[0].discontinuity);
  EXPECT_TRUE(fragments_[1].discontinuity);
  EXPECT_FALSE(fragments_[2].discontinuity);
  CheckParts(500);
}

TEST_F(PartCutterTest, ATrackThatChangesLateIsADiscontinuityOfTheNextFragment) {
  for (int64_t dts = 0; dts < 1'000; dts += 40) Video(dts, dts == 0);
  Audio(1'000, true);
  Both(1'000, 2'100, 1'000);
  End();
  ASSERT_EQ(fragments_.size(), 2U);
  EXPECT_FALSE(fragments_[0].discontinuity);
  EXPECT_TRUE(fragments_[1].discontinuity);
}

}  // namespace
}  // namespace weir
