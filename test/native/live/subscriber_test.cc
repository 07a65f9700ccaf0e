#include "live/subscriber.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "test/native/live/test_reader.h"

namespace weir {
namespace {

using Where = SegmentHolder::Where;
constexpr int kKey = Entry::kKey;
constexpr int kRebase = Entry::kRebase;
// One sendfile gives a socket 64 KB, however small its buffer is. What is left may be copied for last words.
constexpr size_t kLarge = 100'000;
constexpr int kSmallBuffer = 4'000;

class SubscriberTest : public test::ReaderTest {
 protected:
  void Configure(Millis queue_length) {
    StreamGrant grant;
    grant.queue_length = queue_length;
    audience_.Configure(grant);
  }
  // A reader that has got a part of a large key frame, "B100000", and takes no more.
  void StallInAnEntry() {
    Join(kSmallBuffer);
    Write(10, kKey | kRebase);
    Subscribe();
    EXPECT_EQ(Flushed(), "<0>A10");
    Write(kLarge, kKey);
    reader_->Flush();
    reader_->Flush();
    EXPECT_GT(reader_->bytes_out(), 0u);
    EXPECT_GT(reader_->Stats().lag_bytes, 0u);
    EXPECT_LT(reader_->Stats().lag_bytes, kLarge);
  }
};

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
  EXPECT_EQ(reader_->Stats().skips, 0u);
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

TEST_F(SubscriberTest, ALaggardFinishesItsEntryAndGoesOnAtTheNewestKeyFrame) {
  Configure(100);
  StallInAnEntry();
  for (int i = 0; i < 5; ++i) Write(10);
  Write(20, kKey);
  Write(30);
  reader_->CheckLag(0, 0);
  EXPECT_EQ(Everything(), "B100000<280>H20 I30");
  EXPECT_EQ(reader_->Stats().skips, 1u);
  EXPECT_EQ(audience_.skips.get(), 1u);
}

TEST_F(SubscriberTest, ALaggardBetweenTwoEntriesJumpsAtOnce) {
  Configure(100);
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  for (int i = 0; i < 5; ++i) Write(10);
  Write(20, kKey);
  reader_->CheckLag(0, 0);
  EXPECT_EQ(Flushed(), "<240>G20");
}

TEST_F(SubscriberTest, ALaggardWaitsWhereThereIsNoKeyFrameAhead) {
  Configure(100);
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  for (int i = 0; i < 5; ++i) Write(10);
  reader_->CheckLag(0, 0);
  EXPECT_EQ(Flushed(), "B10 C10 D10 E10 F10");
  EXPECT_EQ(reader_->Stats().skips, 0u);
}

TEST_F(SubscriberTest, NobodyBelowTheLimitIsSkipped) {
  Configure(1000);
  StallInAnEntry();
  for (int i = 0; i < 20; ++i) Write(10, kKey);
  reader_->CheckLag(0, 0);
  EXPECT_EQ(Everything().substr(0, 14), "B100000 C10 D1");
}

TEST_F(SubscriberTest, AFloorMovesOneForwardWhateverItsLag) {
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  Write(10);
  Write(20, kKey);
  reader_->CheckLag(0, format_.log().newest_key());
  EXPECT_EQ(Flushed(), "<80>C20");
}

TEST_F(SubscriberTest, OneThatHoldsMemoryBelowTheFloorAndTakesNothingIsClosed) {
  StallInAnEntry();
  Write(20, kKey);
  uint64_t floor = format_.log().newest_key();
  reader_->CheckLag(0, floor);
  EXPECT_FALSE(reader_->closed());
  reader_->CheckLag(0, floor);
  EXPECT_TRUE(reader_->closed());
}

TEST_F(SubscriberTest, NeverJumpsBackwards) {
  Configure(100);
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  for (int i = 0; i < 5; ++i) Write(10, kRebase);
  reader_->CheckLag(0, 0);  // two rebases behind: it must go on, and the only key frame lies behind it
  EXPECT_EQ(Flushed(), "");
  Write(20);
  EXPECT_EQ(Flushed(), "<240>G20");
}

TEST_F(SubscriberTest, OneThatMissedMoreRebasesThanAreRememberedSkips) {
  StallInAnEntry();
  for (int i = 0; i < 100; ++i) Write(1, kRebase);
  Write(10, kKey);
  Write(20);
  std::string all = Everything();
  EXPECT_EQ(all.substr(0, 7), "B100000");
  EXPECT_EQ(all.substr(7), "<4080>Y10 Z20");
  EXPECT_EQ(reader_->Stats().skips, 1u);
}

TEST_F(SubscriberTest, LastWordsComeBehindTheEntryInFlight) {
  StallInAnEntry();
  reader_->Say("hi");
  size_t before;
  reader_->SayGoodbye(Reason::kShutdown);
  EXPECT_TRUE(reader_->draining());
  do {
    before = text_.size();
    Take();
    reader_->OnIo(kWritable);
  } while (text_.size() != before);
  EXPECT_EQ(Received(), "B100000(hi)(bye)");
}

TEST_F(SubscriberTest, LastWordsAreLeftOutWhereTooMuchIsInFlight) {
  Join(kSmallBuffer);
  Write(200'000, kKey | kRebase);
  Subscribe();
  reader_->Flush();
  EXPECT_FALSE(reader_->FinishEntryPrivately());
}

TEST_F(SubscriberTest, CountsFramesButNotThoseThatItSkippedOrPaused) {
  Configure(100);
  Write(10, kKey | kRebase);
  Write(10);
  Subscribe();
  Flushed();
  EXPECT_EQ(reader_->Stats().frames, 2u);
  reader_->Pause(true);
  for (int i = 0; i < 10; ++i) Write(10);
  EXPECT_EQ(reader_->Stats().frames, 2u);
  Write(10, kKey);
  reader_->Pause(false);
  Flushed();
  EXPECT_EQ(reader_->Stats().frames, 3u);
  for (int i = 0; i < 10; ++i) Write(10);
  Write(10, kKey);
  reader_->CheckLag(0, 0);
  Flushed();
  EXPECT_EQ(reader_->Stats().frames, 4u);
}

TEST_F(SubscriberTest, ClosesWhenThePeerIsGone) {
  Write(10, kKey | kRebase);
  Subscribe();
  peer_.Reset();
  reader_->Flush();
  EXPECT_TRUE(reader_->closed());
  EXPECT_EQ(audience_.players.get(), 0u);
}

TEST_F(SubscriberTest, ClosesOneThatTakesNothingForSendTimeout) {
  StallInAnEntry();
  Millis timeout = audience_.send_timeout();
  reader_->CheckLag(timeout - 1, 0);
  EXPECT_FALSE(reader_->closed());
  reader_->CheckLag(timeout, 0);
  EXPECT_TRUE(reader_->closed());
}

TEST_F(SubscriberTest, ManyReadersAreClosedWhereverTheyWait) {
  Write(400'000, kKey | kRebase);
  Subscribe();  // a quota is less than this: it is to be flushed again later
  int large = 2 << 20;
  setsockopt(reader_->fd(), SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof large);
  reader_->Flush();
  audience_.CloseAll(Reason::kRepublishTimeout);
  EXPECT_EQ(audience_.players.get(), 0u);
}

// Whatever a client does, what it gets are whole entries in order, each prelude just before the entry that it is for.
TEST_F(SubscriberTest, SendsWholeEntriesInOrderWhateverHappens) {
  std::mt19937 random(7);
  auto chance = [&](unsigned one_in) { return random() % one_in == 0; };
  Configure(400);
  for (int round = 0; round < 60; ++round) {
    Join(kSmallBuffer);
    Subscribe(chance(2) ? Where::kTail : Where::kNewestKey);
    std::string all;
    for (int i = 0; i < 300; ++i) {
      // Entries of two equal letters in a row would read as one.
      Write(2 + random() % (chance(10) ? 20'000 : 500),
            static_cast<int>(random() % 3) | (chance(12) ? kKey : 0) | (chance(20) ? kRebase : 0));
      if (chance(3)) reader_->Flush();
      if (chance(30)) reader_->Say("hi");
      if (chance(40)) reader_->Pause(chance(2));
      if (chance(30)) reader_->Want(chance(2) ? kVideoTrack : kAudioTrack, chance(2));
      if (chance(10)) reader_->CheckLag(0, 0);
      if (chance(8)) all += Received();
    }
    reader_->Pause(false);
    reader_->CheckLag(0, 0);
    all += Everything();
    ASSERT_FALSE(reader_->closed());
    reader_->Say("end");
    EXPECT_EQ(Everything(), "(end)");
    EXPECT_NE(all, "");
  }
}

}  // namespace
}  // namespace weir
