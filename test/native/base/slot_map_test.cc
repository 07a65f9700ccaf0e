#include "base/slot_map.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace weir {
namespace {

TEST(SlotMapTest, FindsWhatWasAdded) {
  SlotMap<std::string> map;
  const uint64_t a = map.Add("a");
  const uint64_t b = map.Add("b");
  EXPECT_EQ(a, 1u);
  EXPECT_EQ(*map.Find(a), "a");
  EXPECT_EQ(*map.Find(b), "b");
  EXPECT_EQ(map.size(), 2u);
}

TEST(SlotMapTest, NumbersAreNotMistakenForOneAnother) {
  SlotMap<std::string> map;
  const uint64_t first = map.Add("first");
  EXPECT_TRUE(map.Remove(first));
  EXPECT_EQ(map.Find(first), nullptr);
  EXPECT_FALSE(map.Remove(first));
  const uint64_t second = map.Add("second");
  EXPECT_NE(first, second);
  EXPECT_EQ(map.Find(first), nullptr);
  EXPECT_EQ(*map.Find(second), "second");
  // Made up: the next generation of the slot, no slot, one that was never made.
  EXPECT_EQ(map.Find(second + (uint64_t{1} << 24)), nullptr);
  EXPECT_EQ(map.Find(0), nullptr);
  EXPECT_EQ(map.Find(77), nullptr);
  EXPECT_EQ(map.Find(UINT64_MAX), nullptr);
}

TEST(SlotMapTest, AGuessOfAFreeSlotFindsNothing) {
  SlotMap<int> map;
  const uint64_t id = map.Add(1);
  map.Remove(id);
  EXPECT_EQ(map.Find(id + (uint64_t{1} << 24)), nullptr);
}

TEST(SlotMapTest, LetsGoOfAValueAtOnce) {
  SlotMap<std::shared_ptr<int>> map;
  auto value = std::make_shared<int>(1);
  const uint64_t id = map.Add(value);
  map.Remove(id);
  EXPECT_EQ(value.use_count(), 1);
}

TEST(SlotMapTest, AddressesStay) {
  SlotMap<int> map;
  const int* first = map.Find(map.Add(0));
  for (int i = 1; i < 1000; ++i) map.Add(i);
  EXPECT_EQ(*first, 0);
  int sum = 0;
  map.ForEach([&](int value) { sum += value; });
  EXPECT_EQ(sum, 999 * 1000 / 2);
}

}  // namespace
}  // namespace weir
