#include "base/sha256.h"

#include <algorithm>
#include <bit>

namespace weir {
namespace {

// FIPS 180-4, 4.2.2.
constexpr std::array<uint32_t, 64> kRoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

uint32_t SmallSigma0(uint32_t x) { return std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3); }
uint32_t SmallSigma1(uint32_t x) { return std::rotr(x, 17) ^ std::rotr(x, 19) ^ (x >> 10); }
uint32_t BigSigma0(uint32_t x) { return std::rotr(x, 2) ^ std::rotr(x, 13) ^ std::rotr(x, 22); }
uint32_t BigSigma1(uint32_t x) { return std::rotr(x, 6) ^ std::rotr(x, 11) ^ std::rotr(x, 25); }

}  // namespace

void Sha256::Update(ByteView bytes) {
  total_ += bytes.size();
  if (filled_ > 0) {
    const size_t n = std::min(kBlockSize - filled_, bytes.size());
    std::copy_n(bytes.begin(), n, block_.begin() + filled_);
    filled_ += n;
    bytes = bytes.subspan(n);
    if (filled_ < kBlockSize) return;
    Compress(block_.data());
    filled_ = 0;
  }
  while (bytes.size() >= kBlockSize) {
    Compress(bytes.data());
    bytes = bytes.subspan(kBlockSize);
  }
  std::copy(bytes.begin(), bytes.end(), block_.begin());
  filled_ = bytes.size();
}

Sha256Digest Sha256::Finish() {
  const uint64_t bits = total_ * 8;
  // One bit, zeros up to the last 8 bytes of a block, the length in bits (FIPS 180-4, 5.1.1).
  uint8_t padding[kBlockSize + 8] = {0x80};
  const size_t zeros = (kBlockSize * 2 - 8 - 1 - filled_) % kBlockSize;
  StoreBe64(padding + 1 + zeros, bits);
  Update({padding, 1 + zeros + 8});

  Sha256Digest digest;
  for (size_t i = 0; i < state_.size(); ++i) StoreBe32(digest.data() + 4 * i, state_[i]);
  return digest;
}

void Sha256::Compress(const uint8_t* block) {
  std::array<uint32_t, 64> w;
  for (size_t i = 0; i < 16; ++i) w[i] = LoadBe32(block + 4 * i);
  for (size_t i = 16; i < 64; ++i) w[i] = SmallSigma1(w[i - 2]) + w[i - 7] + SmallSigma0(w[i - 15]) + w[i - 16];

  auto [a, b, c, d, e, f, g, h] = state_;
  for (size_t i = 0; i < 64; ++i) {
    const uint32_t t1 = h + BigSigma1(e) + ((e & f) ^ (~e & g)) + kRoundConstants[i] + w[i];
    const uint32_t t2 = BigSigma0(a) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<uint32_t, 8> worked = {a, b, c, d, e, f, g, h};
  for (size_t i = 0; i < 8; ++i) state_[i] += worked[i];
}

Sha256Digest Sha256Of(ByteView bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

Sha256Digest HmacSha256(ByteView key, ByteView first, ByteView second) {
  std::array<uint8_t, 64> padded = {};
  if (key.size() > padded.size()) {
    const Sha256Digest hashed = Sha256Of(key);
    std::copy(hashed.begin(), hashed.end(), padded.begin());
  } else {
    std::copy(key.begin(), key.end(), padded.begin());
  }

  for (uint8_t& byte : padded) byte ^= 0x36;
  Sha256 inner;
  inner.Update(padded);
  inner.Update(first);
  inner.Update(second);

  for (uint8_t& byte : padded) byte ^= 0x36 ^ 0x5c;
  Sha256 outer;
  outer.Update(padded);
  outer.Update(inner.Finish());
  return outer.Finish();
}

}  // namespace weir
