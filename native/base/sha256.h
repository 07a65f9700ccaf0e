// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), for the digest handshake of RTMP. Our own, because the engine also
// links into executables that have no OpenSSL. Not hardened against side channels: the keys of that handshake are
// public constants. Lifetime: plain values, no allocation. Thread rule: pure functions.
#ifndef WEIR_BASE_SHA256_H_
#define WEIR_BASE_SHA256_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace weir {

using Sha256Digest = std::array<uint8_t, 32>;

class Sha256 {
 public:
  void Update(ByteView bytes);
  // Ends the computation; the object must not be used afterwards.
  [[nodiscard]] Sha256Digest Finish();

 private:
  static constexpr size_t kBlockSize = 64;

  void Compress(const uint8_t* block);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, kBlockSize> block_;
  size_t filled_ = 0;
  uint64_t total_ = 0;
};

[[nodiscard]] Sha256Digest Sha256Of(ByteView bytes);

// The message is `first` followed by `second`: the digest of a handshake block leaves a hole in its middle.
[[nodiscard]] Sha256Digest HmacSha256(ByteView key, ByteView first, ByteView second = {});

}  // namespace weir

#endif  // WEIR_BASE_SHA256_H_
