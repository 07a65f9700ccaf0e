#include "base/list.h"

#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

struct InFirst;
struct InSecond;
struct Item : ListNode<InFirst>, ListNode<InSecond> {
  explicit Item(char name_of) : name(name_of) {}
  char name;
};
using First = List<Item, InFirst>;

void UnlinkFirst(Item& item) { static_cast<ListNode<InFirst>&>(item).Unlink(); }

std::string Names(First& list) {
  std::string names;
  for (Item* item = list.front(); item != nullptr; item = list.Next(item)) names += item->name;
  return names;
}

class ListTest : public testing::Test {
 protected:
  Item a_{'a'}, b_{'b'}, c_{'c'};
  First list_, other_;
};

TEST_F(ListTest, KeepsTheOrderInWhichItemsCame) {
  EXPECT_TRUE(list_.empty());
  EXPECT_EQ(list_.front(), nullptr);
  EXPECT_EQ(list_.PopFront(), nullptr);
  for (Item* item : {&a_, &b_, &c_}) list_.Append(item);
  EXPECT_EQ(Names(list_), "abc");
  EXPECT_EQ(list_.PopFront(), &a_);
  EXPECT_EQ(Names(list_), "bc");
}

TEST_F(ListTest, AnItemIsInOneListAtATime) {
  list_.Append(&a_);
  list_.Append(&b_);
  other_.Append(&a_);
  EXPECT_EQ(Names(list_), "b");
  EXPECT_EQ(Names(other_), "a");
  list_.Append(&b_);  // once more: to the end
  EXPECT_EQ(Names(list_), "b");
}

TEST_F(ListTest, UnlinkingNeedsNoListAndMayBeRepeated) {
  for (Item* item : {&a_, &b_, &c_}) list_.Append(item);
  UnlinkFirst(b_);
  UnlinkFirst(b_);
  EXPECT_EQ(Names(list_), "ac");
  EXPECT_FALSE(static_cast<ListNode<InFirst>&>(b_).linked());
  UnlinkFirst(a_);
  UnlinkFirst(c_);
  EXPECT_TRUE(list_.empty());
}

TEST_F(ListTest, TwoTagsAreTwoLists) {
  List<Item, InSecond> second;
  list_.Append(&a_);
  second.Append(&a_);
  UnlinkFirst(a_);
  EXPECT_EQ(second.front(), &a_);
}

TEST_F(ListTest, TakesAllOfAnotherBehindItsOwn) {
  list_.Append(&a_);
  other_.Append(&b_);
  other_.Append(&c_);
  list_.TakeAll(other_);
  EXPECT_EQ(Names(list_), "abc");
  EXPECT_TRUE(other_.empty());
  list_.TakeAll(other_);
  EXPECT_EQ(Names(list_), "abc");
  other_.TakeAll(list_);
  EXPECT_EQ(Names(other_), "abc");
}

}  // namespace
}  // namespace weir
