// The digests of the handshake that Flash Player and FMS use: where they lie in a block and how they are made.
// Lifetime and thread rule: pure functions.
#ifndef WEIR_PROTO_RTMP_HANDSHAKE_DIGEST_H_
#define WEIR_PROTO_RTMP_HANDSHAKE_DIGEST_H_

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/sha256.h"

namespace weir::rtmp {

// A block has two halves of 764 bytes behind time and version. Schema 0: key half first; schema 1: digest half first.
enum class Schema : uint8_t { kNone, kKeyFirst, kDigestFirst };

// "Genuine Adobe Flash Player 001" and "Genuine Adobe Flash Media Server 001", each followed by the same 32 bytes.
inline constexpr size_t kClientTextSize = 30;
inline constexpr size_t kServerTextSize = 36;
ByteView ClientKey();
ByteView ServerKey();

// The functions below take blocks of kHandshakeSize bytes.

// Offset of the digest in the block, told by four bytes of the block itself.
[[nodiscard]] size_t DigestOffset(ByteView block, Schema schema);
// The digest over the block without the digest's own place.
[[nodiscard]] Sha256Digest BlockDigest(ByteView block, size_t offset, ByteView key);
// The schema whose digest is right for that key, or kNone.
[[nodiscard]] Schema FindSchema(ByteView block, ByteView key);
// Overwrites the digest's place with the digest.
void SignBlock(uint8_t* block, Schema schema, ByteView key);
// Overwrites the last 32 bytes of a second block (S2, C2), which answers the peer's `digest`.
void SignAnswer(uint8_t* block, ByteView peer_digest, ByteView full_key);

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_HANDSHAKE_DIGEST_H_
