// Base64 with padding (RFC 4648, 4). Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_BASE_BASE64_H_
#define WEIR_BASE_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace weir {

std::string Base64Encode(ByteView bytes);

// Strict: nothing but the alphabet, whole groups of four, padding only at the end and with zero bits in it.
std::optional<Buffer> Base64Decode(std::string_view text);

}  // namespace weir

#endif  // WEIR_BASE_BASE64_H_
