#include "live/subscriber.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/live/stalled_reader.h"

namespace weir {
namespace {

using test::kKey;
using test::kLarge;
using test::kRebase;
using test::kSmallBuffer;
using Where = SegmentHolder::Where;
using SubscriberTest = test::StalledReaderTest;

TEST_F(SubscriberTest, BeginsWithAPreludeAtTheNewestKeyFrame) {
  Write(10, kKey | kRebase);
  Write(20);
  Write(30, kKey);
  Write(40);
  Subscribe();
  EXPECT_EQ(Flushed(), "<80>C30 D40");
  Write(50);
  EXPECT_EQ(Flushed(), "E50");
  EXPECT_EQ(Flushed(), "");
}

TEST_F(SubscriberTest, BeginsWithTheNextEntryWhenItWantsNoGop) {
  Write(10, kKey | kRebase);
  Subscribe(Where::kTail);
  EXPECT_EQ(Flushed(), "");
  Write(20);
  EXPECT_EQ(Flushed(), "<40>B20");
}

TEST_F(SubscriberTest, WaitsInAnEmptyLog) {
  Subscribe();
  EXPECT_EQ(Flushed(), "");
  Write(10, kRebase);
  EXPECT_EQ(Flushed(), "<0>A10");
}

TEST_F(SubscriberTest, GetsAPreludeBeforeEachRebase) {
  Write(10, kKey | kRebase);
  Subscribe();
  Write(20);
  Write(30, kRebase);
  Write(40);
  Write(50, kRebase);
  Write(60, kRebase);
  EXPECT_EQ(Flushed(), "<0>A10 B20<80>C30 D40<160>E50<200>F60");
  Write(70, kRebase);
  EXPECT_EQ(Flushed(), "<240>G70");
}

TEST_F(SubscriberTest, PrivateBytesGoOutAtOnceBetweenTwoEntries) {
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  reader_->Say("hi");
  EXPECT_EQ(Flushed(), "(hi)");
}

TEST_F(SubscriberTest, PrivateBytesNeverSplitAnEntry) {
  StallInAnEntry();
  reader_->Say("hi");
  reader_->Say("ho");
  Write(30);
  EXPECT_EQ(Everything(), "B100000(hi)(ho)C30");
}

TEST_F(SubscriberTest, APauseHoldsNothingAndEndsAtTheNewestKeyFrame) {
  Write(10, kKey | kRebase);
  Subscribe();
  EXPECT_EQ(Flushed(), "<0>A10");
  reader_->Pause(true);
  EXPECT_TRUE(audience_.holder().empty());
  Write(20, kKey);
  Write(30);
  EXPECT_EQ(Flushed(), "");
  reader_->Say("hi");
  EXPECT_EQ(Flushed(), "(hi)");
  reader_->Pause(false);
  EXPECT_EQ(Flushed(), "<40>B20 C30");
}

TEST_F(SubscriberTest, APauseFinishesTheEntryInFlight) {
  StallInAnEntry();
  reader_->Pause(true);
  reader_->Say("paused");
  Write(30);
  EXPECT_EQ(Everything(), "B100000(paused)");
  EXPECT_TRUE(audience_.holder().empty());
}

TEST_F(SubscriberTest, APauseThatIsTakenBackInTimeChangesNothing) {
  StallInAnEntry();
  reader_->Pause(true);
  reader_->Pause(false);
  Write(30);
  EXPECT_EQ(Everything(), "B100000 C30");
}

TEST_F(SubscriberTest, RepeatedPausesAreOne) {
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  for (bool paused : {true, true, false, false}) reader_->Pause(paused);
  Write(20);
  EXPECT_EQ(Flushed(), "<0>A10 B20");
}

TEST_F(SubscriberTest, APausedLaggardDoesNotSkipAfterItsReturn) {
  Configure(100);
  StallInAnEntry();
  for (int i = 0; i < 5; ++i) Write(10);
  Write(10, kKey);
  reader_->CheckLag(0, 0);  // it is to jump behind its entry
  reader_->Pause(true);
  EXPECT_EQ(Everything(), "B100000");
  reader_->Pause(false);
  EXPECT_EQ(Everything(), "<280>H10");
  Write(20);
  Write(30, kRebase);
  Write(40, kKey);
  EXPECT_EQ(Everything(), "I20<360>J30 K40");
  EXPECT_EQ(reader_->Stats().skips, 1u);  // counted when it was decided
}

TEST_F(SubscriberTest, APauseHoldsAlsoForOneThatIsStuckInPrivateBytes) {
  Configure(100);
  Join(kSmallBuffer);
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  reader_->Say(std::string(30'000, 'z'));
  reader_->Pause(true);
  reader_->Flush();
  for (int i = 0; i < 5; ++i) Write(10);
  Write(10, kKey);
  reader_->CheckLag(0, 0);
  EXPECT_EQ(Everything().size(), 30'002u);
  Write(10, kRebase);
  EXPECT_EQ(Everything(), "");
  reader_->Pause(false);
  EXPECT_EQ(Everything(), "<240>G10<280>H10");
}

TEST_F(SubscriberTest, LeavesOutTheTrackThatIsNotWanted) {
  Write(10, kVideoTrack | kKey | kRebase);
  Write(20, kAudioTrack);
  Subscribe();
  reader_->Want(kAudioTrack, false);
  EXPECT_EQ(Flushed(), "<0>A10");
  Write(30, kVideoTrack);
  Write(40, kAudioTrack);
  Write(50, kVideoTrack);
  Write(60, kDataTrack);
  EXPECT_EQ(Flushed(), "C30 E50 F60");
}

TEST_F(SubscriberTest, AudioComesBackAtOnceWithAPrelude) {
  Write(10, kVideoTrack | kKey | kRebase);
  Subscribe();
  reader_->Want(kAudioTrack, false);
  Flushed();
  Write(20, kAudioTrack);
  EXPECT_EQ(Flushed(), "");
  reader_->Want(kAudioTrack, true);
  Write(30, kAudioTrack);
  EXPECT_EQ(Flushed(), "<80>C30");
}

TEST_F(SubscriberTest, AudioThatComesBackDuringAnEntryBringsThePreludeOfTheNextOne) {
  StallInAnEntry();
  reader_->Want(kAudioTrack, false);
  reader_->Want(kAudioTrack, true);
  Write(30);
  EXPECT_EQ(Everything(), "B100000<80>C30");
}

TEST_F(SubscriberTest, VideoComesBackWithItsNextKeyFrame) {
  Write(10, kVideoTrack | kKey | kRebase);
  Subscribe();
  reader_->Want(kVideoTrack, false);
  Write(20, kAudioTrack);
  EXPECT_EQ(Flushed(), "<0>B20");
  reader_->Want(kVideoTrack, true);
  Write(30, kVideoTrack);
  Write(40, kAudioTrack);
  Write(50, kVideoTrack | kKey);
  Write(60, kVideoTrack);
  EXPECT_EQ(Flushed(), "D40<160>E50 F60");
}

TEST_F(SubscriberTest, VideoThatIsUnwantedAgainInTimeStaysAway) {
  Write(10, kVideoTrack | kKey | kRebase);
  Subscribe();
  reader_->Want(kVideoTrack, false);
  reader_->Want(kVideoTrack, true);
  reader_->Want(kVideoTrack, false);
  Write(20, kVideoTrack | kKey);
  Write(30, kAudioTrack);
  EXPECT_EQ(Flushed(), "<0>C30");
}

TEST_F(SubscriberTest, AnEntryInFlightIsFinishedThoughItsTrackIsNotWantedAnyMore) {
  StallInAnEntry();
  reader_->Want(kVideoTrack, false);
  Write(30, kVideoTrack);
  Write(40, kAudioTrack);
  EXPECT_EQ(Everything(), "B100000 D40");
}

}  // namespace
}  // namespace weir
