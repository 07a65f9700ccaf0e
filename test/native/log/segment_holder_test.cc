#include "log/segment_holder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "test/native/log/entries.h"

namespace weir {
namespace {

using test::AppendSized;
using test::MakeEntry;
using test::OpenSegments;
using test::ReadOn;
using Where = SegmentHolder::Where;

class SegmentHolderTest : public testing::Test {
 protected:
  // Large enough that each entry takes a segment of its own.
  static constexpr size_t kSegment = 5 << 20;

  void AppendSegment(int flags = Entry::kKey) {
    ASSERT_TRUE(AppendSized(log_, kSegment, MakeEntry(dts_ += 40, flags)));
  }
  void AppendSmall(int flags = 0) { ASSERT_TRUE(AppendSized(log_, 100, MakeEntry(dts_ += 40, flags))); }

  MemoryBudget budget_{int64_t{1} << 40};
  StreamLog log_{budget_};
  SegmentHolder holder_{log_};
  int64_t dts_ = 0;
};

TEST_F(SegmentHolderTest, EntersAtTheNewestKeyFrameOrAtTheTail) {
  AppendSmall(Entry::kKey);
  AppendSmall();
  AppendSmall(Entry::kKey);
  AppendSmall();
  Cursor at_key;
  Cursor at_tail;
  holder_.Enter(at_key, Where::kNewestKey);
  holder_.Enter(at_tail, Where::kTail);
  EXPECT_TRUE(at_key.placed);
  EXPECT_EQ(at_key.offset, 200u);
  EXPECT_EQ(at_tail.offset, 400u);
  EXPECT_EQ(at_key.segment, at_tail.segment);
  EXPECT_EQ(ReadOn(log_, holder_, at_key), 200);
  EXPECT_EQ(ReadOn(log_, holder_, at_tail), 0);
  holder_.Leave(at_key);
  holder_.Leave(at_tail);
  EXPECT_FALSE(at_key.placed);
  EXPECT_TRUE(holder_.empty());
}

TEST_F(SegmentHolderTest, EntersAtTheTailWhereThereIsNoKeyFrame) {
  AppendSmall();
  Cursor cursor;
  holder_.Enter(cursor, Where::kNewestKey);
  EXPECT_EQ(cursor.offset, 100u);
  holder_.Leave(cursor);
}

TEST_F(SegmentHolderTest, WaitsInAnEmptyLogForItsFirstSegment) {
  Cursor cursor;
  holder_.Enter(cursor, Where::kNewestKey);
  EXPECT_EQ(cursor.segment, nullptr);
  EXPECT_FALSE(holder_.Advance(cursor));
  AppendSmall(Entry::kRebase);
  ASSERT_TRUE(holder_.Advance(cursor));
  EXPECT_EQ(cursor.offset, 0u);
  EXPECT_EQ(ReadOn(log_, holder_, cursor), 100);
  holder_.Leave(cursor);
}

TEST_F(SegmentHolderTest, BeginsWithWhatIsLeftWhenTheFirstSegmentsAreGoneAlready) {
  Cursor cursor;
  holder_.Enter(cursor, Where::kNewestKey);
  for (int i = 0; i < 3; ++i) {
    AppendSegment(Entry::kKey | Entry::kRebase);
    holder_.Tidy();
  }
  ASSERT_TRUE(holder_.Advance(cursor));
  EXPECT_EQ(cursor.offset, 2 * kSegment);
  EXPECT_EQ(cursor.rebases, 3u);
  EXPECT_EQ(ReadOn(log_, holder_, cursor), static_cast<int64_t>(kSegment));
  holder_.Leave(cursor);
}

TEST_F(SegmentHolderTest, BeginsWithTheNewestKeyFrameWhenTheFirstSegmentsAreGoneAlready) {
  Cursor cursor;
  holder_.Enter(cursor, Where::kNewestKey);
  AppendSegment();
  AppendSegment(0);
  AppendSmall();
  AppendSmall(Entry::kKey);
  ASSERT_TRUE(holder_.Advance(cursor));
  EXPECT_EQ(cursor.offset, 2 * kSegment + 100);
  EXPECT_EQ(ReadOn(log_, holder_, cursor), 100);
  holder_.Leave(cursor);
}

TEST_F(SegmentHolderTest, KnowsTheRebasesThatLieBehindItsPlace) {
  AppendSmall(Entry::kRebase | Entry::kKey);
  AppendSmall(Entry::kRebase);
  Cursor at_key;
  Cursor at_tail;
  holder_.Enter(at_key, Where::kNewestKey);
  holder_.Enter(at_tail, Where::kTail);
  EXPECT_EQ(at_key.rebases, 1u);
  EXPECT_EQ(at_tail.rebases, 2u);
  holder_.Leave(at_key);
  holder_.Leave(at_tail);
}

TEST_F(SegmentHolderTest, AdvancesThroughSegmentsThatTheLogHasDropped) {
  AppendSegment();
  Cursor cursor;
  holder_.Enter(cursor, Where::kNewestKey);
  for (int i = 0; i < 4; ++i) AppendSegment();
  EXPECT_EQ(OpenSegments(), 5);
  EXPECT_EQ(ReadOn(log_, holder_, cursor), static_cast<int64_t>(5 * kSegment));
  EXPECT_EQ(OpenSegments(), 1);
  holder_.Leave(cursor);
}

TEST_F(SegmentHolderTest, ASecondCursorTakesNothingFromTheFirst) {
  AppendSegment();
  Cursor slow;
  holder_.Enter(slow, Where::kNewestKey);
  // These are offered and dropped by the log before the holder is asked for anything.
  for (int i = 0; i < 3; ++i) AppendSegment();
  Cursor fresh;
  holder_.Enter(fresh, Where::kNewestKey);
  EXPECT_EQ(fresh.offset, 3 * kSegment);
  EXPECT_EQ(ReadOn(log_, holder_, slow), static_cast<int64_t>(4 * kSegment));
  EXPECT_EQ(ReadOn(log_, holder_, fresh), static_cast<int64_t>(kSegment));
  holder_.Leave(slow);
  holder_.Leave(fresh);
}

TEST_F(SegmentHolderTest, TheLastOfTwoHoldersClosesASegment) {
  SegmentHolder other(log_);
  AppendSegment();
  Cursor here;
  Cursor there;
  holder_.Enter(here, Where::kNewestKey);
  other.Enter(there, Where::kNewestKey);
  AppendSegment();
  int64_t both = log_.memory();
  EXPECT_EQ(OpenSegments(), 2);
  EXPECT_EQ(ReadOn(log_, holder_, here), static_cast<int64_t>(2 * kSegment));
  EXPECT_EQ(OpenSegments(), 2);
  EXPECT_EQ(log_.memory(), both);
  other.Leave(there);
  EXPECT_EQ(OpenSegments(), 1);
  EXPECT_LT(log_.memory(), both - static_cast<int64_t>(kSegment));
  holder_.Leave(here);
}

TEST_F(SegmentHolderTest, HoldsOneReferenceForManyCursors) {
  AppendSegment();
  Cursor cursors[3];
  for (Cursor& cursor : cursors) holder_.Enter(cursor, Where::kNewestKey);
  AppendSegment();
  for (Cursor& cursor : cursors) {
    EXPECT_EQ(OpenSegments(), 2);
    EXPECT_EQ(ReadOn(log_, holder_, cursor), static_cast<int64_t>(2 * kSegment));
  }
  EXPECT_EQ(OpenSegments(), 1);
  for (Cursor& cursor : cursors) holder_.Leave(cursor);
}

TEST_F(SegmentHolderTest, ACursorThatLagsHoldsAllThatComesAfter) {
  AppendSegment();
  Cursor cursor;
  holder_.Enter(cursor, Where::kNewestKey);
  for (int i = 0; i < 3; ++i) {
    AppendSegment();
    holder_.Tidy();
  }
  EXPECT_EQ(OpenSegments(), 4);
  holder_.Leave(cursor);
  EXPECT_EQ(OpenSegments(), 1);
}

TEST_F(SegmentHolderTest, APinnedCursorHoldsOnlyTheSegmentThatItIsIn) {
  AppendSegment();
  Cursor stalled;
  holder_.Enter(stalled, Where::kNewestKey);
  stalled.offset = 1000;
  AppendSegment();
  holder_.Pin(stalled);
  EXPECT_TRUE(stalled.pinned);
  for (int i = 0; i < 3; ++i) {
    AppendSegment();
    holder_.Tidy();
    EXPECT_EQ(OpenSegments(), 2);  // the stalled one's and the newest
  }
  EXPECT_TRUE(test::HoldsItsBytes(*stalled.segment, stalled.offset, kSegment));
  holder_.Leave(stalled);
  holder_.Enter(stalled, Where::kNewestKey);
  EXPECT_FALSE(stalled.pinned);
  EXPECT_EQ(stalled.offset, 4 * kSegment);
  EXPECT_EQ(OpenSegments(), 1);
  holder_.Leave(stalled);
}

TEST_F(SegmentHolderTest, APinnedCursorDoesNotStopTheOthers) {
  AppendSegment();
  Cursor stalled;
  Cursor reader;
  holder_.Enter(stalled, Where::kNewestKey);
  holder_.Enter(reader, Where::kNewestKey);
  stalled.offset = 1000;
  holder_.Pin(stalled);
  holder_.Pin(stalled);  // once more changes nothing
  for (int i = 0; i < 3; ++i) AppendSegment();
  EXPECT_EQ(ReadOn(log_, holder_, reader), static_cast<int64_t>(4 * kSegment));
  EXPECT_EQ(OpenSegments(), 2);
  holder_.Leave(stalled);
  EXPECT_EQ(OpenSegments(), 1);
  AppendSegment();
  EXPECT_EQ(ReadOn(log_, holder_, reader), static_cast<int64_t>(kSegment));
  holder_.Leave(reader);
}

TEST_F(SegmentHolderTest, HoldsNothingOnceEveryCursorHasLeft) {
  AppendSegment();
  Cursor cursor;
  holder_.Enter(cursor, Where::kNewestKey);
  holder_.Leave(cursor);
  holder_.Leave(cursor);  // it is not placed: nothing happens
  AppendSegment();
  EXPECT_EQ(OpenSegments(), 1);
}

// A stream's home appends while two other reactors read, skip and come and go.
TEST(SegmentHolder, ReadersOnOtherThreadsSeeWhatWasWritten) {
  MemoryBudget budget(int64_t{1} << 40);
  StreamLog log(budget);
  std::atomic<bool> ended{false};
  std::atomic<int> wrong{0};
  auto read = [&](unsigned seed) {
    std::mt19937 random(seed);
    SegmentHolder holder(log);
    Cursor cursors[3];
    while (!ended.load()) {
      for (Cursor& cursor : cursors) {
        if (!cursor.placed) holder.Enter(cursor, random() % 2 == 0 ? Where::kNewestKey : Where::kTail);
        if (random() % 4 != 0 && ReadOn(log, holder, cursor) < 0) wrong.fetch_add(1);
        if (random() % 64 == 0) holder.Leave(cursor);
      }
      holder.Tidy();
    }
    for (Cursor& cursor : cursors) holder.Leave(cursor);
  };
  std::thread first(read, 1);
  std::thread second(read, 2);
  std::mt19937 random(3);
  for (int i = 0; i < 3000; ++i) {
    int flags = (i % 25 == 0 ? Entry::kKey : 0) | (i % 40 == 0 ? Entry::kRebase : 0);
    ASSERT_TRUE(AppendSized(log, 1 + random() % 20'000, MakeEntry(i * 40, flags)));
  }
  ended = true;
  first.join();
  second.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_LE(OpenSegments(), 3);
}

}  // namespace
}  // namespace weir
