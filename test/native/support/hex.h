// Bytes for tests, written as hex with optional spaces, and shown so when they differ.
// Lifetime: values. Thread rule: pure functions.
#ifndef WEIR_TEST_NATIVE_SUPPORT_HEX_H_
#define WEIR_TEST_NATIVE_SUPPORT_HEX_H_

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace weir::test {

inline Buffer Hex(std::string_view text) {
  Buffer bytes;
  int high = -1;
  for (const char c : text) {
    int digit = -1;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<uint8_t>(high * 16 + digit));
      high = -1;
    }
  }
  return bytes;
}

inline std::string ToHex(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_SUPPORT_HEX_H_
