#include "proto/ts/tables.h"

#include <gtest/gtest.h>

#include "proto/ts/crc32.h"
#include "test/native/support/hex.h"

namespace weir::ts {
namespace {

using test::ToHex;

TEST(TsTables, AreThoseOfSrsByteForByte) {
  Tables tables;
  EXPECT_TRUE(tables.Set({.video = kH264, .audio = {.type = kAdtsAac}}));
  Buffer out;
  tables.Append(out);
  ASSERT_EQ(out.size(), 376U);
  EXPECT_EQ(ToHex(ByteView(out).first(22)), "474000100000b00d0001c100000001f0012e701905ff");
  EXPECT_EQ(ToHex(ByteView(out).subspan(188, 32)), "475001100002b0170001c10000e100f0001be100f0000fe101f0002f44b99bff");
}

TEST(TsTables, RaiseTheVersionOnlyWithAChange) {
  Tables tables;
  const Program both{.video = kH264, .audio = {.type = kAdtsAac}};
  const Program video{.video = kH264};
  Buffer out;
  EXPECT_TRUE(tables.Set(both));
  EXPECT_FALSE(tables.Set(both));
  EXPECT_TRUE(tables.Set(video));
  tables.Append(out);
  EXPECT_EQ(out[188 + 10], 0xC3);
  for (int i = 0; i < 31; ++i) EXPECT_TRUE(tables.Set(i % 2 == 0 ? both : video));
  out.clear();
  tables.Append(out);
  EXPECT_EQ(out[188 + 10], 0xC1);  // it has 5 bits
}

TEST(TsCrc32, AgreesWithTheCheckValue) { EXPECT_EQ(Crc32(AsBytes("123456789")), 0x0376E6E7U); }

}  // namespace
}  // namespace weir::ts
