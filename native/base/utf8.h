// Is it UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF)? Checked piece by piece.
// Lifetime: plain values. Thread rule: one thread at a time.
#ifndef WEIR_BASE_UTF8_H_
#define WEIR_BASE_UTF8_H_

#include <cstdint>

#include "base/bytes.h"

namespace weir {

class Utf8Checker {
 public:
  // False as soon as no continuation could make the text valid; then for good.
  [[nodiscard]] bool Add(ByteView piece);
  // No character is cut off at the end of what was added.
  bool complete() const { return missing_ == 0 && !broken_; }

 private:
  uint8_t missing_ = 0;  // continuation bytes that the current character still needs
  uint8_t low_ = 0x80;   // what the next of them may be
  uint8_t high_ = 0xBF;
  bool broken_ = false;
};

bool IsUtf8(ByteView bytes);

}  // namespace weir

#endif  // WEIR_BASE_UTF8_H_
