#include "media/timeline.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir {
namespace {

constexpr int kVideo = 0;
constexpr int kAudio = 1;

// Feeds frames as they would come from an encoder in real time and shows what comes out.
class Publisher {
 public:
  explicit Publisher(Timeline::Mode mode = Timeline::Mode::kFull) : mode_(mode) { timeline_.Begin(mode); }

  void Republish() { timeline_.Begin(mode_); }
  // `wait`: milliseconds since the last frame of any track.
  int64_t Frame(int track, uint32_t raw, Millis wait = 0) { return timeline_.Correct(track, raw, now_ += wait); }
  int64_t Video(uint32_t raw, Millis wait = 40) { return Frame(kVideo, raw, wait); }
  int64_t Audio(uint32_t raw, Millis wait = 0) { return Frame(kAudio, raw, wait); }
  int64_t newest() const { return timeline_.newest(); }

 private:
  Timeline::Mode mode_;
  Timeline timeline_;
  Millis now_ = 1'000'000;
};

TEST(Timeline, BeginsAtZeroWhereverThePublishersClockStands) {
  // 16 777 000 ms is shortly before extended timestamps, 18 000 000 ms are 5 h, the last one wraps with the second
  // frame.
  for (uint32_t start : {0u, 1u, 16'777'000u, 18'000'000u, 0xFFFFFFF0u}) {
    Publisher publisher;
    for (int i = 0; i < 50; ++i) {
      EXPECT_EQ(publisher.Video(start + 40u * i), 40 * i) << start;
      EXPECT_EQ(publisher.Audio(start + 40u * i + 10), 40 * i + 10) << start;
    }
  }
}

TEST(Timeline, PassesOverTheWrapOf32Bits) {
  Publisher publisher;
  publisher.Video(0xFFFFFF00);
  EXPECT_EQ(publisher.Video(0xFFFFFF00 + 200), 200);
  EXPECT_EQ(publisher.Video(0xFFFFFF00 + 400), 400);
}

TEST(Timeline, KeepsEveryStepOfUpToHalfASecond) {
  Publisher publisher;
  int64_t sum = publisher.Video(5000);
  uint32_t raw = 5000;
  for (uint32_t step : {0u, 1u, 33u, 500u, 499u, 40u}) {
    raw += step;
    sum += step;
    EXPECT_EQ(publisher.Video(raw), sum);
  }
}

TEST(Timeline, TurnsAJumpIntoOneFramesStep) {
  for (int64_t jump : {600'000, -600'000, 3'600'000, -3'600'000}) {
    Publisher publisher;
    uint32_t raw = 10'000'000;
    publisher.Video(raw);
    EXPECT_EQ(publisher.Video(raw += 40), 40);
    raw += static_cast<uint32_t>(jump);
    EXPECT_EQ(publisher.Video(raw), 40 + Timeline::kDefaultStep) << jump;
    EXPECT_EQ(publisher.Video(raw += 40), 120) << jump;
  }
}

TEST(Timeline, BothTracksFollowOneOffsetAcrossAJump) {
  for (int64_t jump : {600'000, -600'000}) {
    Publisher publisher;
    uint32_t raw = 10'000'000;
    for (int i = 0; i < 5; ++i, raw += 40) {
      publisher.Video(raw);
      publisher.Audio(raw + 20);
    }
    raw += static_cast<uint32_t>(jump);
    int64_t video = publisher.Video(raw);
    int64_t audio = publisher.Audio(raw + 20);
    EXPECT_EQ(audio - video, 20) << jump;
    EXPECT_EQ(video, 4 * 40 + Timeline::kDefaultStep) << jump;
    EXPECT_EQ(publisher.Video(raw + 40) - video, 40) << jump;
    EXPECT_EQ(publisher.Audio(raw + 60) - audio, 40) << jump;
  }
}

TEST(Timeline, InterleavingInjectsNoSteps) {
  Publisher publisher;
  // The muxer is 200 ms ahead with audio: SRS made a jump of each change of track.
  for (uint32_t i = 0; i < 100; ++i) {
    EXPECT_EQ(publisher.Video(40 * i), 40 * i);
    EXPECT_EQ(publisher.Audio(40 * i + 200), 40 * i + 200);
  }
}

TEST(Timeline, TakesALittleStepBackForRounding) {
  Publisher publisher;
  publisher.Audio(1000);
  EXPECT_EQ(publisher.Audio(1023, 23), 23);
  EXPECT_EQ(publisher.Audio(1022, 23), 23);
  EXPECT_EQ(publisher.Audio(1046, 23), 46);
}

TEST(Timeline, SlidesAtOneFrameInTwoSecondsAreNoJumps) {
  Publisher alone;
  for (uint32_t i = 0; i < 10; ++i) EXPECT_EQ(alone.Video(2000 * i, 2000), 2000 * i);

  Publisher with_audio;
  for (uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(with_audio.Audio(23 * i, 23), 23 * i);
    // Every 2 s, all of it arriving at once: then the other track tells that the time has passed.
    if (i % 87 == 0) {
      EXPECT_EQ(with_audio.Video(23 * i, 0), 23 * i);
    }
  }
}

TEST(Timeline, AnEncoderThatPausedIsNoJump) {
  Publisher publisher;
  publisher.Video(0);
  publisher.Audio(0);
  EXPECT_EQ(publisher.Video(30'000, 30'000), 30'000);
  EXPECT_EQ(publisher.Audio(30'010), 30'010);
}

TEST(Timeline, PutsASecondTrackOnAnotherClockBesideTheFirst) {
  for (uint32_t other : {0u, 5'000'000u}) {
    Publisher publisher;
    publisher.Video(1'000'000);
    publisher.Video(1'000'040);
    EXPECT_EQ(publisher.Audio(other), 40) << other;
    EXPECT_EQ(publisher.Audio(other + 23), 63) << other;
    EXPECT_EQ(publisher.Video(1'000'080), 80) << other;
  }
}

TEST(Timeline, ASecondTrackALittleAsideKeepsItsPlace) {
  Publisher publisher;
  publisher.Video(1'000);
  EXPECT_EQ(publisher.Audio(1'300), 300);
}

TEST(Timeline, GoesOnAcrossARepublish) {
  Publisher publisher;
  for (uint32_t i = 0; i < 10; ++i) publisher.Video(7'000 + 40 * i);
  for (uint32_t start : {0u, 16'777'000u, 18'000'000u}) {
    int64_t before = publisher.newest();
    publisher.Republish();
    EXPECT_EQ(publisher.Video(start), before + Timeline::kDefaultStep) << start;
    EXPECT_EQ(publisher.Audio(start + 10), before + Timeline::kDefaultStep + 10) << start;
    EXPECT_EQ(publisher.Video(start + 40), before + Timeline::kDefaultStep + 40) << start;
  }
}

TEST(Timeline, DataIsNeverBeforeWhatWasGivenOut) {
  Publisher publisher;
  publisher.Video(100);
  publisher.Audio(400);
  EXPECT_EQ(publisher.newest(), 300);
  publisher.Video(140);
  EXPECT_EQ(publisher.newest(), 300);
}

TEST(Timeline, ModeZeroSubtractsTheFirstTimeAndKeepsJumps) {
  Publisher publisher(Timeline::Mode::kZero);
  EXPECT_EQ(publisher.Video(18'000'000), 0);
  EXPECT_EQ(publisher.Audio(18'000'010), 10);
  EXPECT_EQ(publisher.Video(18'600'000), 600'000);
  EXPECT_EQ(publisher.Video(18'600'040), 600'040);
}

TEST(Timeline, ModeZeroBeginsAnewWhenTimeGoesBehindItsBegin) {
  Publisher publisher(Timeline::Mode::kZero);
  EXPECT_EQ(publisher.Video(18'000'000), 0);
  EXPECT_EQ(publisher.Video(10'000'000), 0);
  EXPECT_EQ(publisher.Video(10'000'040), 40);
}

TEST(Timeline, ModeZeroBeginsAtZeroAgainWithARepublish) {
  Publisher publisher(Timeline::Mode::kZero);
  publisher.Video(5'000);
  EXPECT_EQ(publisher.Video(6'000), 1'000);
  publisher.Republish();
  EXPECT_EQ(publisher.Video(70'000), 0);
}

TEST(Timeline, ModeOffChangesNothingButTheWrap) {
  Publisher publisher(Timeline::Mode::kOff);
  EXPECT_EQ(publisher.Video(18'000'000), 18'000'000);
  EXPECT_EQ(publisher.Video(17'000'000), 17'000'000);
  EXPECT_EQ(publisher.Audio(3), 3);
  EXPECT_EQ(publisher.Audio(0xFFFFFFF0), -16);  // nearer than 49 days ahead
  Publisher late(Timeline::Mode::kOff);
  EXPECT_EQ(late.Video(0xFFFFFFF0), int64_t{0xFFFFFFF0});
  EXPECT_EQ(late.Video(0x10), int64_t{0x100000010});
}

// Whatever comes: within a publish no track runs backwards or leaps.
TEST(Timeline, IsMonotonicWhateverComes) {
  uint32_t state = 1;
  auto next = [&state](uint32_t below) { return (state = state * 1664525 + 1013904223) / 65536 % below; };
  for (int round = 0; round < 200; ++round) {
    Publisher publisher;
    int64_t last[2] = {-1, -1};
    uint32_t raw[2] = {next(65536) << 16, next(65536) << 16};
    for (int i = 0; i < 300; ++i) {
      int track = static_cast<int>(next(2));
      switch (next(20)) {
        case 0:
          raw[track] = next(65536) << 16 | next(65536);
          break;
        case 1:
          raw[track] -= next(3000);
          break;
        case 2:
          if (next(5) != 0) break;
          publisher.Republish();
          last[0] = last[1] = -1;  // the track that comes second may lie half a second behind the first
          break;
        default:
          raw[track] += next(60);
      }
      int64_t time = publisher.Frame(track, raw[track], next(30));
      ASSERT_GE(time, last[track]) << round << " " << i;
      if (last[track] >= 0) {
        ASSERT_LE(time - last[track], 20'000) << round << " " << i;
      }
      last[track] = time;
    }
  }
}

}  // namespace
}  // namespace weir
