#include "base/utf8.h"

#include <gtest/gtest.h>

#include "test/native/support/hex.h"

namespace weir {
namespace {

using test::Hex;

TEST(Utf8, TakesWhatIsValid) {
  for (const char* text : {"", "41", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080",
                           "f48fbfbf", "ce bae1bdb9cf83ce bcceb5", "00"}) {
    EXPECT_TRUE(IsUtf8(Hex(text))) << text;
  }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatIsCutOff) {
  for (const char* text : {"80", "bf", "c080", "c1bf", "c2", "c241", "e09fbf", "eda080", "edbfbf", "e282", "e28241",
                           "f08fbfbf", "f4908080", "f5808080", "f0908041", "ff", "fe", "41e2"}) {
    EXPECT_FALSE(IsUtf8(Hex(text))) << text;
  }
}

TEST(Utf8, DoesNotDependOnHowTheTextIsCut) {
  for (const char* text : {"41e282acf09f9880c3a9", "41e282acf09f98c3a9", "41eda080"}) {
    const Buffer bytes = Hex(text);
    const bool whole = IsUtf8(bytes);
    for (size_t cut = 0; cut <= bytes.size(); ++cut) {
      Utf8Checker checker;
      const bool first = checker.Add(ByteView(bytes).first(cut));
      const bool second = checker.Add(ByteView(bytes).subspan(cut));
      EXPECT_EQ(first && second && checker.complete(), whole) << text << " cut at " << cut;
      EXPECT_TRUE(first || !second) << "broken for good";
    }
  }
}

TEST(Utf8, SaysAtOnceThatNothingCanMendIt) {
  Utf8Checker checker;
  EXPECT_FALSE(checker.Add(Hex("f490")));
  Utf8Checker surrogate;
  EXPECT_TRUE(surrogate.Add(Hex("ed")));
  EXPECT_FALSE(surrogate.Add(Hex("a0")));
}

}  // namespace
}  // namespace weir
