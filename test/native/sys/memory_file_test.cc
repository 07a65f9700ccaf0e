#include "sys/memory_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"

namespace weir {
namespace {

TEST(MemoryFile, WritesManyPartsAndReadsThemBack) {
  MemoryFile file("weir-test");
  ASSERT_TRUE(file.valid());
  // More parts than one call takes: a large frame in small chunks has two for each chunk.
  std::string text;
  std::vector<std::string> pieces;
  for (int i = 0; i < 3000; ++i) pieces.push_back(std::to_string(i) + (i % 7 == 0 ? "" : ","));
  std::vector<iovec> parts;
  for (std::string& piece : pieces) {
    parts.push_back({piece.data(), piece.size()});
    text += piece;
  }
  ASSERT_TRUE(file.WriteAt(0, parts));
  Buffer read(text.size());
  ASSERT_TRUE(file.ReadAt(0, read.data(), read.size()));
  EXPECT_EQ(AsText(read), text);
  ASSERT_TRUE(file.ReadAt(5, read.data(), 10));
  EXPECT_EQ(AsText(read).substr(0, 10), text.substr(5, 10));
}

TEST(MemoryFile, ReadsNothingBehindItsEnd) {
  MemoryFile file("weir-test");
  char byte = 'x';
  iovec part{&byte, 1};
  ASSERT_TRUE(file.WriteAt(0, {&part, 1}));
  uint8_t out[2];
  EXPECT_TRUE(file.ReadAt(0, out, 1));
  EXPECT_FALSE(file.ReadAt(0, out, 2));
}

TEST(UniqueFd, ClosesOnceAndMoves) {
  UniqueFd first = OpenNull();
  ASSERT_TRUE(first.valid());
  int number = first.get();
  UniqueFd second = std::move(first);
  EXPECT_FALSE(first.valid());
  EXPECT_EQ(second.get(), number);
  EXPECT_NE(fcntl(number, F_GETFD), -1);
  second.Reset();
  EXPECT_EQ(fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace weir
