// SHA-1 (FIPS 180-4), for the accept key of WebSocket (RFC 6455, 4.2.2) and nothing else: it protects nothing. Our own,
// because the engine also links into executables that have no OpenSSL.
// Lifetime: plain values. Thread rule: pure function.
#ifndef WEIR_BASE_SHA1_H_
#define WEIR_BASE_SHA1_H_

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace weir {

using Sha1Digest = std::array<uint8_t, 20>;

Sha1Digest Sha1Of(ByteView bytes);

}  // namespace weir

#endif  // WEIR_BASE_SHA1_H_
