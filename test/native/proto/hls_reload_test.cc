#include "proto/hls/reload.h"

#include <gtest/gtest.h>

namespace weir::hls {
namespace {

// Fragments up to 9 are listed whole (9 has 4 parts), and parts 0 and 1 of fragment 10.
constexpr ListEnd kList = {.msn = 10, .part = 1, .previous_parts = 4, .part_limit = 3};

std::string Ask(std::string_view query, const ListEnd& list = kList) {
  switch (Check(list, ParseReload(query))) {
    case Readiness::kReady:
      return "ready";
    case Readiness::kNotYet:
      return "not yet";
    case Readiness::kInvalid:
      return "invalid";
  }
  return "?";
}

TEST(HlsReloadTest, AListWithoutDirectivesIsThereAtOnce) {
  EXPECT_EQ(Ask(""), "ready");
  EXPECT_EQ(Ask("token=1&x"), "ready");
  EXPECT_EQ(Ask("_HLS_skip=YES"), "ready");
}

TEST(HlsReloadTest, AFragmentIsWaitedForUntilItIsListedWhole) {
  EXPECT_EQ(Ask("_HLS_msn=9"), "ready");
  EXPECT_EQ(Ask("_HLS_msn=0"), "ready");  // long out of the window
  EXPECT_EQ(Ask("_HLS_msn=10"), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=11"), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=12"), "invalid");
  EXPECT_EQ(Ask("_HLS_msn=9223372036854775807"), "invalid");
}

TEST(HlsReloadTest, APartIsWaitedForUntilItIsListed) {
  EXPECT_EQ(Ask("_HLS_msn=10&_HLS_part=0"), "ready");
  EXPECT_EQ(Ask("_HLS_msn=10&_HLS_part=1"), "ready");
  EXPECT_EQ(Ask("_HLS_msn=10&_HLS_part=2"), "not yet");
  EXPECT_EQ(Ask("_HLS_part=4&x=1&_HLS_msn=10"), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=10&_HLS_part=5"), "invalid");
  EXPECT_EQ(Ask("_HLS_msn=11&_HLS_part=0"), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=11&_HLS_part=3"), "invalid");
  EXPECT_EQ(Ask("_HLS_msn=10&_HLS_part=9223372036854775807"), "invalid");
}

TEST(HlsReloadTest, APartBehindTheLastOneIsTheFirstOfTheNextFragment) {
  EXPECT_EQ(Ask("_HLS_msn=9&_HLS_part=3"), "ready");
  EXPECT_EQ(Ask("_HLS_msn=9&_HLS_part=4"), "ready");  // 10, 0: listed
  constexpr ListEnd kNone = {.msn = 10, .part = -1, .previous_parts = 4, .part_limit = 3};
  EXPECT_EQ(Ask("_HLS_msn=9&_HLS_part=3", kNone), "ready");
  EXPECT_EQ(Ask("_HLS_msn=9&_HLS_part=4", kNone), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=9&_HLS_part=400", kNone), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=8&_HLS_part=400", kNone), "ready");
  EXPECT_EQ(Ask("_HLS_msn=10&_HLS_part=2", kNone), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=10&_HLS_part=3", kNone), "invalid");
}

TEST(HlsReloadTest, AWaitForTheFirstFragmentOfAll) {
  constexpr ListEnd kEmpty = {};
  EXPECT_EQ(Ask("_HLS_msn=0", kEmpty), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=0&_HLS_part=0", kEmpty), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=1", kEmpty), "not yet");
  EXPECT_EQ(Ask("_HLS_msn=2", kEmpty), "invalid");
}

TEST(HlsReloadTest, NonsenseIsRefused) {
  EXPECT_EQ(Ask("_HLS_part=1"), "invalid");
  EXPECT_EQ(Ask("_HLS_msn="), "invalid");
  EXPECT_EQ(Ask("_HLS_msn=-1"), "invalid");
  EXPECT_EQ(Ask("_HLS_msn=10.5"), "invalid");
  EXPECT_EQ(Ask("_HLS_msn=1&_HLS_part=x"), "invalid");
  EXPECT_EQ(Ask("_HLS_msn=99999999999999999999"), "invalid");
  EXPECT_EQ(Ask("_HLS_msn=18446744073709551615"), "invalid");
}

TEST(HlsReloadTest, AListThatHasEndedIgnoresAll) {
  constexpr ListEnd kEnded = {.msn = 10, .has_ended = true};
  EXPECT_EQ(Ask("_HLS_msn=700&_HLS_part=4", kEnded), "ready");
  EXPECT_EQ(Ask("_HLS_part=1", kEnded), "ready");
}

TEST(HlsReloadTest, SkipIsYesOrV2) {
  EXPECT_TRUE(ParseReload("_HLS_skip=YES").skip);
  EXPECT_TRUE(ParseReload("_HLS_msn=1&_HLS_skip=v2").skip);
  EXPECT_FALSE(ParseReload("_HLS_skip=NO").skip);
  EXPECT_FALSE(ParseReload("skip=YES").skip);
}

TEST(HlsReloadTest, TheRestOfTheQueryTellsViewersApart) {
  EXPECT_EQ(WithoutDirectives(""), "");
  EXPECT_EQ(WithoutDirectives("_HLS_msn=1&_HLS_part=2"), "");
  EXPECT_EQ(WithoutDirectives("_HLS_msn=1&token=a%20b&_HLS_part=2&y"), "token=a%20b&y");
  EXPECT_EQ(WithoutDirectives("&&a&&_HLS_x&"), "a");
}

}  // namespace
}  // namespace weir::hls
