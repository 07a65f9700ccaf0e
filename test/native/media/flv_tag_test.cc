#include "media/flv_tag.h"

#include <gtest/gtest.h>

#include "test/native/support/hex.h"

namespace weir::flv {
namespace {

using test::Hex;
using test::ToHex;

TEST(FlvFile, BeginsWithHeaderAndEmptyBackPointer) {
  uint8_t out[kFileStartSize];
  WriteFileStart(out, true, true);
  EXPECT_EQ(ToHex(out), "464c5601050000000900000000");
  WriteFileStart(out, true, false);
  EXPECT_EQ(ToHex(out), "464c5601040000000900000000");
  WriteFileStart(out, false, false);
  EXPECT_EQ(ToHex(out), "464c5601000000000900000000");
}

TEST(FlvFile, HeaderIsReadAndGarbageRefused) {
  FileHeader header;
  ASSERT_TRUE(ReadFileHeader(Hex("464c5601 01 00000009").data(), header));
  EXPECT_FALSE(header.has_audio);
  EXPECT_TRUE(header.has_video);
  ASSERT_TRUE(ReadFileHeader(Hex("464c5601 05 0000000d").data(), header));
  EXPECT_EQ(header.size, 13u);
  EXPECT_FALSE(ReadFileHeader(Hex("464c5701 05 00000009").data(), header));
  EXPECT_FALSE(ReadFileHeader(Hex("464c5601 05 00000008").data(), header));
  EXPECT_FALSE(ReadFileHeader(Hex("464c5601 05 ffffffff").data(), header));
}

TEST(FlvTag, HeaderKeepsAllBitsOfTheTimestamp) {
  uint8_t out[kTagHeaderSize];
  WriteTagHeader(out, kVideoTag, 0x010203, 0xA1B2C3D4);
  EXPECT_EQ(ToHex(out), "09010203b2c3d4a1000000");
  const TagHeader header = ReadTagHeader(out);
  EXPECT_EQ(header.type, kVideoTag);
  EXPECT_EQ(header.size, 0x010203u);
  EXPECT_EQ(header.timestamp, 0xA1B2C3D4u);
  EXPECT_FALSE(header.is_filtered);
  EXPECT_TRUE(ReadTagHeader(Hex("29 000001 000000 00 000000").data()).is_filtered);
  WriteTagTimestamp(out, 0x01000002);
  EXPECT_EQ(ToHex(out), "0901020300000201000000");
}

TEST(FlvTag, BackPointerCountsTheHeader) {
  uint8_t out[kBackPointerSize];
  WriteBackPointer(out, 100);
  EXPECT_EQ(ToHex(out), "0000006f");
}

}  // namespace
}  // namespace weir::flv
