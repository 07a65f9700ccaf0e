#include "log/stream_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <vector>

#include "test/native/log/entries.h"

namespace weir {
namespace {

using test::AppendSized;
using test::MakeEntry;
using test::OpenSegments;

constexpr int64_t kPlenty = int64_t{1} << 30;
constexpr size_t kFirstCapacity = 256 << 10;
constexpr size_t kIndexBlock = Segment::kBlockEntries * sizeof(Entry);

TEST(StreamLog, IsEmptyAtFirst) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  EXPECT_EQ(log.tail(), 0u);
  EXPECT_EQ(log.newest_key(), StreamLog::kNone);
  EXPECT_EQ(log.entries(), 0u);
  EXPECT_EQ(log.memory(), 0);
  EXPECT_EQ(OpenSegments(), 0);
}

TEST(StreamLog, PublishesTailKeyTimeAndCount) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  ASSERT_TRUE(AppendSized(log, 100, MakeEntry(40)));
  EXPECT_EQ(log.tail(), 100u);
  EXPECT_EQ(log.newest_key(), StreamLog::kNone);
  ASSERT_TRUE(AppendSized(log, 50, MakeEntry(80, Entry::kKey)));
  ASSERT_TRUE(AppendSized(log, 25, MakeEntry(120, kAudioTrack)));
  EXPECT_EQ(log.tail(), 175u);
  EXPECT_EQ(log.newest_key(), 100u);
  EXPECT_EQ(log.newest_dts(), 120);
  EXPECT_EQ(log.entries(), 3u);
  log.ForgetKey();
  EXPECT_EQ(log.newest_key(), StreamLog::kNone);
}

TEST(StreamLog, CountsPagesAndIndexAndGivesThemBack) {
  MemoryBudget budget(kPlenty);
  {
    StreamLog log(budget);
    ASSERT_TRUE(AppendSized(log, 1, MakeEntry(0)));
    EXPECT_EQ(log.memory(), static_cast<int64_t>(4096 + kIndexBlock));
    ASSERT_TRUE(AppendSized(log, 4096, MakeEntry(40)));
    EXPECT_EQ(log.memory(), static_cast<int64_t>(2 * 4096 + kIndexBlock));
    EXPECT_EQ(budget.used(), log.memory());
  }
  EXPECT_EQ(budget.used(), 0);
  EXPECT_EQ(OpenSegments(), 0);
}

TEST(StreamLog, NeverLetsAnEntryStraddleTwoSegments) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  SegmentHolder holder(log);
  Cursor cursor;
  std::vector<uint64_t> ends;
  for (int i = 0; i < 400; ++i) {
    size_t size = 1 + static_cast<size_t>(i) * 7919 % 20'000;
    ASSERT_TRUE(AppendSized(log, size, MakeEntry(i * 40, i == 0 ? Entry::kKey : 0)));
    ends.push_back(log.tail());
  }
  holder.Enter(cursor, SegmentHolder::Where::kNewestKey);
  size_t seen = 0;
  int segments = 0;
  do {
    ++segments;
    const Segment& segment = *cursor.segment;
    ASSERT_EQ(segment.base(), cursor.offset);
    ASSERT_EQ(segment.first_ordinal(), seen);
    for (uint32_t i = 0; i < segment.count(); ++i) {
      ASSERT_EQ(segment.entry(i).offset, seen == 0 ? 0 : ends[seen - 1]);
      ASSERT_LE(ends[seen], std::min(segment.end(), log.tail()));
      ++seen;
    }
    cursor.offset = std::min(segment.end(), log.tail());
  } while (holder.Advance(cursor));
  EXPECT_EQ(seen, ends.size());
  EXPECT_GE(segments, 3);
  holder.Leave(cursor);
}

TEST(StreamLog, FindsTheEntryOfEveryOffset) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  SegmentHolder holder(log);
  Cursor cursor;
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(AppendSized(log, 10, MakeEntry(i)));
  ASSERT_TRUE(AppendSized(log, 10, MakeEntry(300, Entry::kKey)));
  holder.Enter(cursor, SegmentHolder::Where::kNewestKey);
  for (uint64_t offset = 0; offset < log.tail(); ++offset) {
    ASSERT_EQ(cursor.segment->IndexAt(offset), offset / 10) << offset;
  }
  holder.Leave(cursor);
}

TEST(StreamLog, GivesAnEntryLargerThanASegmentItsOwn) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  SegmentHolder holder(log);
  Cursor cursor;
  holder.Enter(cursor, SegmentHolder::Where::kTail);
  constexpr size_t kHuge = 6 << 20;
  ASSERT_TRUE(AppendSized(log, 100, MakeEntry(0)));
  ASSERT_TRUE(AppendSized(log, kHuge, MakeEntry(40)));
  ASSERT_TRUE(AppendSized(log, 100, MakeEntry(80)));
  EXPECT_EQ(test::ReadOn(log, holder, cursor), static_cast<int64_t>(kHuge + 200));
  EXPECT_EQ(cursor.segment->base(), kHuge + 100);
  holder.Leave(cursor);
}

TEST(StreamLog, BeginsASegmentWhenTheIndexIsFull) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  ASSERT_TRUE(AppendSized(log, 1, MakeEntry(0, Entry::kKey)));
  for (uint32_t i = 1; i < Segment::kMaxEntries; ++i) ASSERT_TRUE(AppendSized(log, 1, MakeEntry(i)));
  EXPECT_EQ(OpenSegments(), 1);
  ASSERT_TRUE(AppendSized(log, 1, MakeEntry(9999)));
  EXPECT_EQ(OpenSegments(), 2);
}

TEST(StreamLog, DropsTheSegmentsBeforeTheNewestKeyFrame) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  ASSERT_TRUE(AppendSized(log, 1000, MakeEntry(0, Entry::kKey)));
  for (int i = 1; i < 200; ++i) ASSERT_TRUE(AppendSized(log, 10'000, MakeEntry(i * 40)));
  EXPECT_GE(OpenSegments(), 3);
  ASSERT_TRUE(AppendSized(log, 1000, MakeEntry(8000, Entry::kKey)));
  EXPECT_EQ(OpenSegments(), 1);
  EXPECT_LT(log.memory(), 2 << 20);
}

TEST(StreamLog, KeepsNothingButTheNewestSegmentWithoutAKeyFrame) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  for (int i = 0; i < 2000; ++i) ASSERT_TRUE(AppendSized(log, 5000, MakeEntry(i * 23, kAudioTrack)));
  EXPECT_EQ(OpenSegments(), 1);
}

TEST(StreamLog, SizesSegmentsByTheBitRate) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  // 8 KB every 40 ms: 200 KB/s, so that some seconds are far more than the first segment's size and less than the
  // largest.
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(AppendSized(log, 8000, MakeEntry(i * 40)));
  SegmentHolder holder(log);
  Cursor cursor;
  holder.Enter(cursor, SegmentHolder::Where::kTail);
  uint64_t base = cursor.segment->base();
  for (int i = 500; holder.empty() || log.tail() < base + (8 << 20); ++i) {
    ASSERT_TRUE(AppendSized(log, 8000, MakeEntry(i * 40)));
  }
  cursor.offset = cursor.segment->end();
  ASSERT_TRUE(holder.Advance(cursor));
  uint64_t length = cursor.segment->length();
  EXPECT_GT(length, 200'000u * 2);
  EXPECT_LT(length, 200'000u * 8);
  holder.Leave(cursor);
}

TEST(StreamLog, RemembersWhereTheLastRebasesAre) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  EXPECT_EQ(log.rebase_count(), 0u);
  EXPECT_EQ(log.RebasesUpTo(1000), 0u);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(AppendSized(log, 10, MakeEntry(i, Entry::kRebase)));
    ASSERT_TRUE(AppendSized(log, 10, MakeEntry(i)));
  }
  EXPECT_EQ(log.rebase_count(), 100u);
  EXPECT_EQ(log.RebaseOffset(100), 99u * 20);
  EXPECT_EQ(log.RebaseOffset(37), 36u * 20);  // 64 are remembered
  EXPECT_EQ(log.RebaseOffset(36), StreamLog::kNone);
  EXPECT_EQ(log.RebaseOffset(101), StreamLog::kNone);
  EXPECT_EQ(log.RebasesUpTo(99 * 20), 100u);
  EXPECT_EQ(log.RebasesUpTo(99 * 20 - 1), 99u);
  EXPECT_EQ(log.RebasesUpTo(50 * 20 + 10), 51u);
}

TEST(StreamLog, SetsAFloorWhenReadersKeepTooMuch) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  log.set_memory_limit(1 << 20);
  SegmentHolder holder(log);
  Cursor laggard;
  ASSERT_TRUE(AppendSized(log, 1000, MakeEntry(0, Entry::kKey)));
  holder.Enter(laggard, SegmentHolder::Where::kNewestKey);
  uint64_t key = 0;
  for (int i = 1; log.floor() == 0; ++i) {
    ASSERT_LT(log.memory(), 4 << 20);
    bool is_key = i % 10 == 0;
    if (is_key) key = log.tail();
    ASSERT_TRUE(AppendSized(log, 10'000, MakeEntry(i * 40, is_key ? Entry::kKey : 0)));
    holder.Tidy();
  }
  EXPECT_GT(log.memory(), 1 << 20);
  EXPECT_LE(log.floor(), key);
  EXPECT_GT(log.floor(), laggard.offset);
  // The GOP is small: it stays.
  EXPECT_EQ(log.gops_dropped(), 0u);
  EXPECT_EQ(log.newest_key(), key);
  holder.Leave(laggard);
  EXPECT_LT(log.memory(), 1 << 20);
}

TEST(StreamLog, GivesUpAGopThatDoesNotFit) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  log.set_memory_limit(1 << 20);
  ASSERT_TRUE(AppendSized(log, 1000, MakeEntry(0, Entry::kKey)));
  for (int i = 1; log.gops_dropped() == 0; ++i) {
    ASSERT_LT(log.memory(), 4 << 20);
    ASSERT_TRUE(AppendSized(log, 10'000, MakeEntry(i * 40)));
  }
  EXPECT_EQ(log.newest_key(), StreamLog::kNone);
  EXPECT_LT(log.memory(), 1 << 20);
  ASSERT_TRUE(AppendSized(log, 10'000, MakeEntry(100'000, Entry::kKey)));
  EXPECT_NE(log.newest_key(), StreamLog::kNone);
}

TEST(StreamLog, GivesUpItsGopWhenAllLogsTogetherAreTooLarge) {
  MemoryBudget budget(1 << 20);
  StreamLog large(budget);
  StreamLog small(budget);
  ASSERT_TRUE(AppendSized(small, 1000, MakeEntry(0, Entry::kKey)));
  ASSERT_TRUE(AppendSized(large, 2 << 20, MakeEntry(0, Entry::kKey)));
  EXPECT_TRUE(budget.critical());
  for (int i = 1; small.gops_dropped() == 0; ++i) {
    ASSERT_LT(small.memory(), 1 << 20);
    ASSERT_TRUE(AppendSized(small, 10'000, MakeEntry(i * 40)));
  }
  EXPECT_EQ(small.newest_key(), StreamLog::kNone);
}

TEST(StreamLog, AppendsNothingWithoutADescriptorAndGoesOnLater) {
  MemoryBudget budget(kPlenty);
  StreamLog log(budget);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  EXPECT_FALSE(AppendSized(log, 100, MakeEntry(0, Entry::kKey | Entry::kRebase)));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(log.tail(), 0u);
  EXPECT_EQ(log.newest_key(), StreamLog::kNone);
  EXPECT_EQ(log.rebase_count(), 0u);
  EXPECT_TRUE(AppendSized(log, kFirstCapacity, MakeEntry(0, Entry::kKey)));
  EXPECT_EQ(log.newest_key(), 0u);
}

}  // namespace
}  // namespace weir
