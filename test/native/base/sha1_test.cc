#include "base/sha1.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/support/hex.h"

namespace weir {
namespace {

struct HashCase {
  std::string message;
  const char* digest;
};

// FIPS 180-4 examples (NIST CSRC "SHA1.pdf") and lengths around the padding of a block.
const HashCase kHashes[] = {
    {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {std::string(55, 'a'), "c1c8bbdc22796e28c0e15163d20899b65621d65a"},
    {std::string(56, 'a'), "c2db330f6083854c99d4b5bfb6e8f29f201be699"},
    {std::string(64, 'a'), "0098ba824b5c16427bd7a1122a5a442a25ec644d"},
    {std::string(1000000, 'a'), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
};

TEST(Sha1, GivesTheDigestsOfTheStandard) {
  for (const HashCase& c : kHashes) EXPECT_EQ(test::ToHex(Sha1Of(AsBytes(c.message))), c.digest) << c.message.size();
}

}  // namespace
}  // namespace weir
