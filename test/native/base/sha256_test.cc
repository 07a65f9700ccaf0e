#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/support/hex.h"

namespace weir {
namespace {

using test::Hex;
using test::ToHex;

struct HashCase {
  std::string message;
  const char* digest;
};

// FIPS 180-4 examples (NIST CSRC "SHA256.pdf") and the lengths around a block's padding.
const HashCase kHashes[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {std::string(1000000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

TEST(Sha256, GivesTheDigestsOfTheStandard) {
  for (const HashCase& c : kHashes) EXPECT_EQ(ToHex(Sha256Of(AsBytes(c.message))), c.digest);
}

TEST(Sha256, DoesNotDependOnHowTheMessageIsCut) {
  std::string message;
  for (int i = 0; i < 200; ++i) message += static_cast<char>(i);
  for (size_t size = 0; size <= message.size(); ++size) {
    const ByteView bytes = AsBytes(message).first(size);
    const Sha256Digest whole = Sha256Of(bytes);
    for (size_t cut = 0; cut <= size; ++cut) {
      Sha256 hash;
      hash.Update(bytes.first(cut));
      hash.Update(bytes.subspan(cut));
      ASSERT_EQ(hash.Finish(), whole) << size << " cut at " << cut;
    }
  }
}

struct MacCase {
  Buffer key;
  Buffer message;
  const char* digest;
};

// RFC 4231, 4.2-4.8 (without the truncated one).
const MacCase kMacs[] = {
    {Buffer(20, 0x0b), Hex("4869205468657265"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {Hex("4a656665"), Hex("7768617420646f2079612077616e7420666f72206e6f7468696e673f"),
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {Buffer(20, 0xaa), Buffer(50, 0xdd), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {Hex("0102030405060708090a0b0c0d0e0f10111213141516171819"), Buffer(50, 0xcd),
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {Buffer(131, 0xaa),
     Hex("54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b657920466972737"
         "4"),
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
};

TEST(HmacSha256, GivesTheDigestsOfTheRfc) {
  for (const MacCase& c : kMacs) {
    EXPECT_EQ(ToHex(HmacSha256(c.key, c.message)), c.digest);
    const ByteView message(c.message);
    EXPECT_EQ(ToHex(HmacSha256(c.key, message.first(3), message.subspan(3))), c.digest);
  }
}

}  // namespace
}  // namespace weir
