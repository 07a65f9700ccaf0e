#include "base/utf8.h"

namespace weir {
namespace {

constexpr uint8_t kTailLow = 0x80;
constexpr uint8_t kTailHigh = 0xBF;

}  // namespace

bool Utf8Checker::Add(ByteView piece) {
  for (const uint8_t byte : piece) {
    if (missing_ > 0) {
      broken_ = broken_ || byte < low_ || byte > high_;
      --missing_;
      low_ = kTailLow;
      high_ = kTailHigh;
    } else if (byte >= 0x80) {
      // The second byte's narrower bounds leave out overlong forms, surrogates and what is above U+10FFFF
      // (RFC 3629, 4).
      if (byte == 0xE0) low_ = 0xA0;
      if (byte == 0xED) high_ = 0x9F;
      if (byte == 0xF0) low_ = 0x90;
      if (byte == 0xF4) high_ = 0x8F;
      broken_ = broken_ || byte < 0xC2 || byte > 0xF4;
      missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    }
    if (broken_) return false;
  }
  return !broken_;
}

bool IsUtf8(ByteView bytes) {
  Utf8Checker checker;
  return checker.Add(bytes) && checker.complete();
}

}  // namespace weir
