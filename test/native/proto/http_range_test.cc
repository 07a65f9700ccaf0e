#include "proto/http/range.h"

#include <gtest/gtest.h>

#include "proto/http/content_type.h"
#include "proto/http/query.h"

namespace weir::http {
namespace {

std::string Show(const Range& range) {
  switch (range.kind) {
    case Range::Kind::kWhole:
      return "whole";
    case Range::Kind::kUnsatisfiable:
      return "416";
    case Range::Kind::kPart:
      break;
  }
  return std::to_string(range.first) + "+" + std::to_string(range.size);
}

struct RangeCase {
  const char* header;
  uint64_t size;
  const char* range;
};

const RangeCase kRanges[] = {
    {"bytes=0-499", 1000, "0+500"},
    {"bytes=500-", 1000, "500+500"},
    {"bytes=-500", 1000, "500+500"},
    {"bytes=-5000", 1000, "0+1000"},
    {"bytes=0-0", 1000, "0+1"},
    {"bytes=999-5000", 1000, "999+1"},
    {" Bytes= 1-2 ", 1000, "1+2"},
    {"bytes=1-18446744073709551615", 1000, "1+999"},
    {"bytes=1000-", 1000, "416"},
    {"bytes=-0", 1000, "416"},
    {"bytes=0-", 0, "416"},
    {"bytes=-5", 0, "whole"},
    {"", 1000, "whole"},
    {"bytes=0-1,5-6", 1000, "whole"},
    {"bytes=5-4", 1000, "whole"},
    {"bytes=-", 1000, "whole"},
    {"bytes=5", 1000, "whole"},
    {"bytes=a-5", 1000, "whole"},
    {"bytes=5-x", 1000, "whole"},
    {"bytes=--5", 1000, "whole"},
    {"bytes=0-18446744073709551616", 1000, "whole"},
    {"items=0-5", 1000, "whole"},
    {"byte", 1000, "whole"},
};

TEST(HttpRange, ReadsOneRange) {
  for (const RangeCase& c : kRanges) EXPECT_EQ(Show(ParseRange(c.header, c.size)), c.range) << c.header;
}

TEST(HttpRange, SaysWhichPartIsSent) {
  EXPECT_EQ(ContentRange(ParseRange("bytes=-10", 100), 100), "bytes 90-99/100");
  EXPECT_EQ(ContentRange(ParseRange("bytes=100-", 100), 100), "bytes */100");
}

TEST(HttpETag, MatchesWeaklyInLists) {
  EXPECT_TRUE(MatchesETag("\"a\"", "\"a\""));
  EXPECT_TRUE(MatchesETag("W/\"a\"", "\"a\""));
  EXPECT_TRUE(MatchesETag("\"x\", W/\"y\" ,\"a\"", "W/\"a\""));
  EXPECT_TRUE(MatchesETag(" * ", "\"a\""));
  EXPECT_FALSE(MatchesETag("", "\"a\""));
  EXPECT_FALSE(MatchesETag("a", "\"a\""));
  EXPECT_FALSE(MatchesETag("\"A\"", "\"a\""));
  EXPECT_FALSE(MatchesETag("*", ""));
}

TEST(HttpETag, LetsARangeCountOnlyForTheSameBytes) {
  EXPECT_TRUE(MatchesIfRange("", "\"a\""));
  EXPECT_TRUE(MatchesIfRange("\"a\"", "\"a\""));
  EXPECT_FALSE(MatchesIfRange("\"b\"", "\"a\""));
  EXPECT_FALSE(MatchesIfRange("W/\"a\"", "W/\"a\""));
  EXPECT_FALSE(MatchesIfRange("Sun, 06 Nov 1994 08:49:37 GMT", "\"a\""));
}

TEST(HttpQuery, FindsTheFirstValueDecoded) {
  const char* query = "&vhost=a%2eb&x=1+2&&x=3&empty=&flag&%76=v&bad=%zz%4&amp=%26%3D&e=1=2";
  EXPECT_EQ(FindParam(query, "vhost"), "a.b");
  EXPECT_EQ(FindParam(query, "x"), "1 2");
  EXPECT_EQ(FindParam(query, "empty"), "");
  EXPECT_EQ(FindParam(query, "flag"), "");
  EXPECT_EQ(FindParam(query, "v"), "v");
  EXPECT_EQ(FindParam(query, "bad"), "%zz%4");
  EXPECT_EQ(FindParam(query, "amp"), "&=");
  EXPECT_EQ(FindParam(query, "e"), "1=2");
  EXPECT_EQ(FindParam(query, "vhos"), std::nullopt);
  EXPECT_EQ(FindParam("", "x"), std::nullopt);
  EXPECT_EQ(FindParam("x=%00", "x"), std::string(1, '\0'));
}

TEST(HttpContentType, GoesByTheEnding) {
  EXPECT_EQ(ContentType("/live/livestream.m3u8"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(ContentType("/live/livestream-12.TS"), "video/mp2t");
  EXPECT_EQ(ContentType("/a.flv"), "video/x-flv");
  EXPECT_EQ(ContentType("/index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(ContentType("/dir.js/file"), "application/octet-stream");
  EXPECT_EQ(ContentType("/"), "application/octet-stream");
  EXPECT_EQ(ContentType("x.unknown"), "application/octet-stream");
}

}  // namespace
}  // namespace weir::http
