#include "base/sha1.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace weir {
namespace {

constexpr size_t kBlock = 64;
constexpr size_t kLengthSize = 8;

using State = std::array<uint32_t, 5>;

struct Round {
  uint32_t f;
  uint32_t k;
};

// FIPS 180-4, 4.1.1 and 4.2.1
Round RoundOf(size_t i, uint32_t b, uint32_t c, uint32_t d) {
  if (i < 20) return {(b & c) ^ (~b & d), 0x5a827999};
  if (i < 40) return {b ^ c ^ d, 0x6ed9eba1};
  if (i < 60) return {(b & c) ^ (b & d) ^ (c & d), 0x8f1bbcdc};
  return {b ^ c ^ d, 0xca62c1d6};
}

void Compress(State& state, const uint8_t* block) {
  std::array<uint32_t, 80> w;
  for (size_t i = 0; i < 16; ++i) w[i] = LoadBe32(block + 4 * i);
  for (size_t i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);

  auto [a, b, c, d, e] = state;
  for (size_t i = 0; i < 80; ++i) {
    const Round round = RoundOf(i, b, c, d);
    const uint32_t t = std::rotl(a, 5) + round.f + e + round.k + w[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = t;
  }
  const State worked = {a, b, c, d, e};
  for (size_t i = 0; i < state.size(); ++i) state[i] += worked[i];
}

}  // namespace

Sha1Digest Sha1Of(ByteView bytes) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const uint64_t bits = uint64_t{bytes.size()} * 8;
  for (; bytes.size() >= kBlock; bytes = bytes.subspan(kBlock)) Compress(state, bytes.data());

  // The rest, a one bit, zeros and the length fill one block or two.
  std::array<uint8_t, 2 * kBlock> last = {};
  std::copy(bytes.begin(), bytes.end(), last.begin());
  last[bytes.size()] = 0x80;
  const size_t size = bytes.size() + 1 + kLengthSize <= kBlock ? kBlock : 2 * kBlock;
  StoreBe64(last.data() + size - kLengthSize, bits);
  for (size_t at = 0; at < size; at += kBlock) Compress(state, last.data() + at);

  Sha1Digest digest;
  for (size_t i = 0; i < state.size(); ++i) StoreBe32(digest.data() + 4 * i, state[i]);
  return digest;
}

}  // namespace weir
