#include <gtest/gtest.h>

#include <string>

#include "test/native/live/stalled_reader.h"

namespace weir {
namespace {

using test::kKey;
using test::kLarge;
using test::kRebase;
using test::kSmallBuffer;
using SubscriberSkipTest = test::StalledReaderTest;

TEST_F(SubscriberSkipTest, ALaggardFinishesItsEntryAndGoesOnAtTheNewestKeyFrame) {
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

TEST_F(SubscriberSkipTest, ALaggardBetweenTwoEntriesJumpsAtOnce) {
  Configure(100);
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  for (int i = 0; i < 5; ++i) Write(10);
  Write(20, kKey);
  reader_->CheckLag(0, 0);
  EXPECT_EQ(Flushed(), "<240>G20");
}

TEST_F(SubscriberSkipTest, ALaggardWaitsWhereThereIsNoKeyFrameAhead) {
  Configure(100);
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  for (int i = 0; i < 5; ++i) Write(10);
  reader_->CheckLag(0, 0);
  EXPECT_EQ(Flushed(), "B10 C10 D10 E10 F10");
  EXPECT_EQ(reader_->Stats().skips, 0u);
}

TEST_F(SubscriberSkipTest, NobodyBelowTheLimitIsSkipped) {
  Configure(1000);
  StallInAnEntry();
  for (int i = 0; i < 20; ++i) Write(10, kKey);
  reader_->CheckLag(0, 0);
  EXPECT_EQ(Everything().substr(0, 14), "B100000 C10 D1");
}

TEST_F(SubscriberSkipTest, AFloorMovesOneForwardWhateverItsLag) {
  Write(10, kKey | kRebase);
  Subscribe();
  Flushed();
  Write(10);
  Write(20, kKey);
  reader_->CheckLag(0, format_.log().newest_key());
  EXPECT_EQ(Flushed(), "<80>C20");
}

TEST_F(SubscriberSkipTest, OneThatHoldsMemoryBelowTheFloorAndTakesNothingIsClosed) {
  StallInAnEntry();
  Write(20, kKey);
  uint64_t floor = format_.log().newest_key();
  reader_->CheckLag(0, floor);
  EXPECT_FALSE(reader_->closed());
  reader_->CheckLag(0, floor);
  EXPECT_TRUE(reader_->closed());
}

TEST_F(SubscriberSkipTest, NeverJumpsBackwards) {
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

TEST_F(SubscriberSkipTest, OneThatMissedMoreRebasesThanAreRememberedSkips) {
  StallInAnEntry();
  for (int i = 0; i < 100; ++i) Write(1, kRebase);
  Write(10, kKey);
  Write(20);
  std::string all = Everything();
  EXPECT_EQ(all.substr(0, 7), "B100000");
  EXPECT_EQ(all.substr(7), "<4080>Y10 Z20");
  EXPECT_EQ(reader_->Stats().skips, 1u);
}

TEST_F(SubscriberSkipTest, LastWordsComeBehindTheEntryInFlight) {
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

TEST_F(SubscriberSkipTest, LastWordsAreLeftOutWhereTooMuchIsInFlight) {
  Join(kSmallBuffer);
  Write(200'000, kKey | kRebase);
  Subscribe();
  reader_->Flush();
  EXPECT_FALSE(reader_->FinishEntryPrivately());
}

TEST_F(SubscriberSkipTest, CountsFramesButNotThoseThatItSkippedOrPaused) {
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

TEST_F(SubscriberSkipTest, ClosesWhenThePeerIsGone) {
  Write(10, kKey | kRebase);
  Subscribe();
  peer_.Reset();
  reader_->Flush();
  EXPECT_TRUE(reader_->closed());
  EXPECT_EQ(audience_.players.get(), 0u);
}

TEST_F(SubscriberSkipTest, ClosesOneThatTakesNothingForSendTimeout) {
  StallInAnEntry();
  Millis timeout = audience_.send_timeout();
  reader_->CheckLag(timeout - 1, 0);
  EXPECT_FALSE(reader_->closed());
  reader_->CheckLag(timeout, 0);
  EXPECT_TRUE(reader_->closed());
}

TEST_F(SubscriberSkipTest, ManyReadersAreClosedWhereverTheyWait) {
  Write(400'000, kKey | kRebase);
  Subscribe();  // a quota is less than this: it is to be flushed again later
  int large = 2 << 20;
  setsockopt(reader_->fd(), SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof large);
  reader_->Flush();
  audience_.CloseAll(Reason::kRepublishTimeout);
  EXPECT_EQ(audience_.players.get(), 0u);
}

}  // namespace
}  // namespace weir
