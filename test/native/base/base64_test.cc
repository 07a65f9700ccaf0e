#include "base/base64.h"

#include <gtest/gtest.h>

#include "test/native/support/hex.h"

namespace weir {
namespace {

struct Case {
  const char* bytes;
  const char* text;
};

// RFC 4648, 10, and the two marks of the alphabet.
const Case kCases[] = {
    {"", ""},
    {"66", "Zg=="},
    {"666f", "Zm8="},
    {"666f6f", "Zm9v"},
    {"666f6f62", "Zm9vYg=="},
    {"666f6f6261", "Zm9vYmE="},
    {"666f6f626172", "Zm9vYmFy"},
    {"fbff", "+/8="},
};

TEST(Base64, GivesTheVectorsOfTheRfcBothWays) {
  for (const Case& c : kCases) {
    const Buffer bytes = test::Hex(c.bytes);
    EXPECT_EQ(Base64Encode(bytes), c.text);
    EXPECT_EQ(Base64Decode(c.text), bytes) << c.text;
  }
}

TEST(Base64, IsStrictWhenItDecodes) {
  for (const char* text : {"Zg", "Zg=", "Z===", "====", "Zm9v=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9", "Zm-_", "=Zm9"}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace weir
