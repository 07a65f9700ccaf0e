#include "proto/rtmp/handshake_digest.h"

#include <algorithm>
#include <array>

#include "proto/rtmp/handshake.h"

namespace weir::rtmp {
namespace {

constexpr size_t kDigestSize = 32;
constexpr size_t kHead = 8;  // time and version
constexpr size_t kHalf =
    764;  // digest half: 4 offset bytes, 760 bytes with the digest; key half: the same turned round
constexpr size_t kOffsetRange = 728;  // 760 - 32: the digest fits wherever the offset points

constexpr uint8_t kSharedKey[] = {0xF0, 0xEE, 0xC2, 0x4A, 0x80, 0x68, 0xBE, 0xE8, 0x2E, 0x00, 0xD0,
                                  0xD1, 0x02, 0x9E, 0x7E, 0x57, 0x6E, 0xEC, 0x5D, 0x2D, 0x29, 0x80,
                                  0x6F, 0xAB, 0x93, 0xB8, 0xE6, 0x36, 0xCF, 0xEB, 0x31, 0xAE};

template <size_t N>
constexpr auto MakeKey(const char (&text)[N]) {
  std::array<uint8_t, N - 1 + sizeof(kSharedKey)> key = {};
  std::copy_n(text, N - 1, key.begin());
  std::copy_n(kSharedKey, sizeof(kSharedKey), key.begin() + (N - 1));
  return key;
}

constexpr auto kClientKey = MakeKey("Genuine Adobe Flash Player 001");
constexpr auto kServerKey = MakeKey("Genuine Adobe Flash Media Server 001");
static_assert(kClientKey.size() == kClientTextSize + sizeof(kSharedKey));
static_assert(kServerKey.size() == kServerTextSize + sizeof(kSharedKey));

}  // namespace

ByteView ClientKey() { return kClientKey; }
ByteView ServerKey() { return kServerKey; }

size_t DigestOffset(ByteView block, Schema schema) {
  const size_t half = kHead + (schema == Schema::kKeyFirst ? kHalf : 0);
  const size_t sum = size_t{block[half]} + block[half + 1] + block[half + 2] + block[half + 3];
  return half + 4 + sum % kOffsetRange;
}

Sha256Digest BlockDigest(ByteView block, size_t offset, ByteView key) {
  return HmacSha256(key, block.first(offset), block.subspan(offset + kDigestSize));
}

Schema FindSchema(ByteView block, ByteView key) {
  for (const Schema schema : {Schema::kKeyFirst, Schema::kDigestFirst}) {
    const size_t offset = DigestOffset(block, schema);
    const Sha256Digest digest = BlockDigest(block, offset, key);
    if (std::equal(digest.begin(), digest.end(), block.begin() + offset)) return schema;
  }
  return Schema::kNone;
}

void SignBlock(uint8_t* block, Schema schema, ByteView key) {
  const ByteView view(block, kHandshakeSize);
  const size_t offset = DigestOffset(view, schema);
  const Sha256Digest digest = BlockDigest(view, offset, key);
  std::copy(digest.begin(), digest.end(), block + offset);
}

void SignAnswer(uint8_t* block, ByteView peer_digest, ByteView full_key) {
  const Sha256Digest key = HmacSha256(full_key, peer_digest);
  const size_t offset = kHandshakeSize - kDigestSize;
  const Sha256Digest digest = HmacSha256(key, {block, offset});
  std::copy(digest.begin(), digest.end(), block + offset);
}

}  // namespace weir::rtmp
