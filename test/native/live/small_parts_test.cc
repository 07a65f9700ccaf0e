// The engine's small parts: round clock, rate meter, handles, event queue.
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "live/event.h"
#include "live/handles.h"
#include "live/rate_meter.h"
#include "live/round_clock.h"

namespace weir {
namespace {

TEST(RoundClock, LetsAFirstRoundBeginAtOnce) {
  RoundClock clock;
  EXPECT_EQ(clock.next(), 0);
}

TEST(RoundClock, WaitsNineTimesWhatARoundTook) {
  RoundClock clock;
  clock.Begin(1'000'000, 1'000'000);
  clock.Spend(600);
  clock.Spend(400);
  clock.End(1'002'000);
  EXPECT_EQ(clock.next(), 1'002'000 + 9 * 1000);
}

TEST(RoundClock, GoesAnEighthOfTheWayToTheNewestDuration) {
  RoundClock clock;
  clock.Begin(0, 0);
  clock.Spend(1000);
  clock.End(0);
  clock.Begin(50'000, 50'000);
  clock.Spend(1800);
  clock.End(50'000);
  EXPECT_EQ(clock.next(), 50'000 + 9 * 1100);
}

TEST(RoundClock, TakesOneLongRoundForTwiceTheMean) {
  RoundClock clock;
  clock.Begin(0, 0);
  clock.Spend(8000);
  clock.End(0);
  clock.Begin(50'000, 50'000);
  clock.Spend(500'000);
  clock.End(550'000);
  EXPECT_EQ(clock.next(), 550'000 + 9 * 9000);
}

TEST(RoundClock, LearnsFromShortRoundsAtOnce) {
  RoundClock clock;
  clock.Begin(0, 0);
  clock.Spend(8);
  clock.End(0);
  clock.Begin(50'000, 50'000);
  clock.Spend(808);
  clock.End(50'000);
  EXPECT_EQ(clock.next(), 50'000 + 9 * 108);
}

TEST(RoundClock, NeverWaitsLongerThanAMergedWriteOfSrs) {
  RoundClock clock;
  clock.Begin(0, 0);
  clock.Spend(2'000'000);
  clock.End(5'000'000);
  EXPECT_EQ(clock.next(), 5'000'000 + RoundClock::kLongest);
}

TEST(RoundClock, TellsHowTheRoundsWent) {
  RoundClock clock;
  clock.Begin(1000, 400);
  clock.Spend(50);
  clock.End(1100);
  clock.Begin(3000, 3000);
  clock.Spend(30);
  clock.End(3100);
  ReactorStats stats;
  clock.Fill(stats);
  EXPECT_EQ(stats.rounds, 2u);
  EXPECT_EQ(stats.round_time, 80);
  EXPECT_EQ(stats.round_max, 50);
  EXPECT_EQ(stats.round_intervals, 2000);
  EXPECT_EQ(stats.start_delay, 600);
  EXPECT_EQ(stats.start_delay_max, 600);
  clock.Fill(stats);
  EXPECT_EQ(stats.rounds, 2u);
  EXPECT_EQ(stats.round_max, 0);  // of the time since it was asked last
}

TEST(RateMeter, TellsTheLast3And30Seconds) {
  RateMeter meter;
  uint64_t bytes = 0;
  Millis now = 5000;
  meter.Sample(bytes, now);
  EXPECT_EQ(meter.rates().over3, 0);
  for (int i = 0; i < 20; ++i) meter.Sample(bytes += 375'000, now += 3000);  // 1 Mbit/s
  EXPECT_DOUBLE_EQ(meter.rates().over3, 1e6);
  EXPECT_DOUBLE_EQ(meter.rates().over30, 1e6);
  meter.Sample(bytes += 750'000, now += 3000);
  EXPECT_DOUBLE_EQ(meter.rates().over3, 2e6);
  EXPECT_DOUBLE_EQ(meter.rates().over30, 1.1e6);
  for (int i = 0; i < 9; ++i) meter.Sample(bytes, now += 3000);
  EXPECT_DOUBLE_EQ(meter.rates().over3, 0);
  EXPECT_DOUBLE_EQ(meter.rates().over30, 0.2e6);
  meter.Sample(bytes, now += 3000);
  EXPECT_DOUBLE_EQ(meter.rates().over30, 0);
}

TEST(RateMeter, ReckonsWithTheTimeThatPassedAndNotWithTheInterval) {
  RateMeter meter;
  meter.Sample(0, 1000);
  meter.Sample(1000, 5000);
  EXPECT_DOUBLE_EQ(meter.rates().over3, 2000);
  meter.Sample(2000, 5000);  // asked twice at once
  EXPECT_DOUBLE_EQ(meter.rates().over3, 0);
}

// Pointers that nobody follows.
Shard* SomeShard() { return reinterpret_cast<Shard*>(0x1000); }
Connection* SomeConnection() { return reinterpret_cast<Connection*>(0x2000); }

TEST(Handles, FindsWhatWasPutAndIsNeverZero) {
  Handles handles;
  uint64_t handle = handles.Allocate();
  EXPECT_NE(handle, 0u);
  EXPECT_EQ(handles.Find(handle).connection, nullptr);
  handles.Put(handle, {SomeShard(), SomeConnection()});
  EXPECT_EQ(handles.Find(handle).shard, SomeShard());
  EXPECT_EQ(handles.Find(handle).connection, SomeConnection());
  handles.Put(handle, {});
  EXPECT_EQ(handles.Find(handle).connection, nullptr);
}

TEST(Handles, AStaleOneFindsNothingAndHarmsNothing) {
  Handles handles;
  uint64_t old = handles.Allocate();
  handles.Put(old, {SomeShard(), SomeConnection()});
  handles.Free(old);
  EXPECT_EQ(handles.Find(old).connection, nullptr);
  uint64_t fresh = handles.Allocate();
  EXPECT_NE(fresh, old);
  handles.Put(old, {SomeShard(), SomeConnection()});
  EXPECT_EQ(handles.Find(fresh).connection, nullptr);
  handles.Put(fresh, {SomeShard(), SomeConnection()});
  handles.Free(old);
  handles.Free(old);
  EXPECT_EQ(handles.Find(fresh).connection, SomeConnection());
}

TEST(Handles, NonsenseFindsNothing) {
  Handles handles;
  uint64_t handle = handles.Allocate();
  handles.Put(handle, {SomeShard(), SomeConnection()});
  for (uint64_t wrong : {uint64_t{0}, handle + 1, handle + (uint64_t{1} << 24), ~uint64_t{0}, uint64_t{1} << 52}) {
    EXPECT_EQ(handles.Find(wrong).connection, nullptr) << wrong;
    handles.Free(wrong);
  }
  EXPECT_EQ(handles.Find(handle).connection, SomeConnection());
}

TEST(Handles, UsesSlotsAgainButNoNumberTwiceAndFitsAJavaScriptNumber) {
  Handles handles;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    uint64_t first = handles.Allocate();
    uint64_t second = handles.Allocate();
    EXPECT_TRUE(seen.insert(first).second);
    EXPECT_TRUE(seen.insert(second).second);
    EXPECT_LE(first & 0xFFFFFF, 2u);
    EXPECT_LE(second & 0xFFFFFF, 2u);
    EXPECT_LT(second, uint64_t{1} << 53);
    handles.Free(i % 2 == 0 ? first : second);
    handles.Free(i % 2 == 0 ? second : first);
  }
}

TEST(EventQueue, RingsOnceUntilItIsEmptied) {
  int rung = 0;
  EventQueue queue([&] { ++rung; });
  queue.Push(Event(Event::Type::kClosed, 1));
  queue.Push(Event(Event::Type::kClosed, 2));
  EXPECT_EQ(rung, 1);
  auto events = queue.Take();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].connection, 1u);
  EXPECT_EQ(events[1].connection, 2u);
  EXPECT_TRUE(queue.Take().empty());
  queue.Push(Event(Event::Type::kClosed, 3));
  EXPECT_EQ(rung, 2);
}

TEST(EventQueue, CountsWhatItMayLoseInAFloodAndLosesNothingElse) {
  EventQueue queue([] {});
  for (size_t i = 0; i < EventQueue::kLossyLimit; ++i) {
    EXPECT_TRUE(queue.PushLossy(Event(Event::Type::kTurnedAway)));
  }
  EXPECT_FALSE(queue.PushLossy(Event(Event::Type::kTurnedAway)));
  EXPECT_FALSE(queue.PushLossy(Event(Event::Type::kNotice)));
  EXPECT_EQ(queue.missed(), 2u);
  queue.Push(Event(Event::Type::kClosed, 7));
  EXPECT_TRUE(queue.PushRequest(Event(Event::Type::kConnect, 8)));
  EXPECT_EQ(queue.Take().size(), EventQueue::kLossyLimit + 2);
  EXPECT_TRUE(queue.PushLossy(Event(Event::Type::kNotice)));
}

TEST(EventQueue, RefusesRequestsWhenNobodyTakesThem) {
  EventQueue queue([] {});
  for (size_t i = 0; i < EventQueue::kRequestLimit; ++i) {
    ASSERT_TRUE(queue.PushRequest(Event(Event::Type::kConnect, i)));
  }
  EXPECT_FALSE(queue.PushRequest(Event(Event::Type::kConnect, 1)));
  queue.Push(Event(Event::Type::kClosed, 1));
  EXPECT_EQ(queue.Take().size(), EventQueue::kRequestLimit + 1);
}

TEST(EventQueue, LosesNothingBetweenThreads) {
  std::atomic<int> rung{0};
  EventQueue queue([&] { rung.fetch_add(1); });
  auto push = [&queue](uint64_t first) {
    for (uint64_t i = 0; i < 2000; ++i) queue.Push(Event(Event::Type::kClosed, first + i));
  };
  std::thread one(push, 0);
  std::thread other(push, 10'000);
  std::vector<uint64_t> seen;
  int taken = 0;
  while (seen.size() < 4000) {
    auto events = queue.Take();
    taken += events.empty() ? 0 : 1;
    for (const Event& event : events) seen.push_back(event.connection);
  }
  one.join();
  other.join();
  EXPECT_EQ(std::set<uint64_t>(seen.begin(), seen.end()).size(), 4000u);
  EXPECT_EQ(rung.load(), taken);
}

}  // namespace
}  // namespace weir
