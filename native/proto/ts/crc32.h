// The checksum at the end of PAT and PMT (H.222.0 annex A): CRC-32, most significant bit first, no final inversion.
// Lifetime: none. Thread rule: pure function.
#ifndef WEIR_PROTO_TS_CRC32_H_
#define WEIR_PROTO_TS_CRC32_H_

#include <cstdint>

#include "base/bytes.h"

namespace weir::ts {

// Bit by bit: tables are some twenty bytes, and made anew only when a stream changes.
constexpr uint32_t Crc32(ByteView bytes) {
  constexpr uint32_t kPolynomial = 0x04C11DB7;
  uint32_t crc = 0xFFFFFFFF;
  for (const uint8_t byte : bytes) {
    crc ^= uint32_t{byte} << 24;
    for (int i = 0; i < 8; ++i) crc = (crc << 1) ^ ((crc & 0x80000000) != 0 ? kPolynomial : 0);
  }
  return crc;
}

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_CRC32_H_
