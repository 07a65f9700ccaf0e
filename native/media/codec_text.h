// The pieces of codec strings (RFC 6381): numbers in hex and decimal, as text.
// Lifetime: values. Thread rule: pure functions.
#ifndef WEIR_MEDIA_CODEC_TEXT_H_
#define WEIR_MEDIA_CODEC_TEXT_H_

#include <cstdint>
#include <string>

namespace weir {

inline void AppendNumber(std::string& out, uint32_t value, uint32_t base, size_t digits) {
  std::string text;
  for (; value != 0 || text.size() < digits; value /= base) text.insert(text.begin(), "0123456789ABCDEF"[value % base]);
  out += text;
}
// At least so many digits; without leading zeros otherwise.
inline void AppendHex(std::string& out, uint32_t value, size_t digits = 1) { AppendNumber(out, value, 16, digits); }
inline void AppendDecimal(std::string& out, uint32_t value, size_t digits = 1) { AppendNumber(out, value, 10, digits); }

}  // namespace weir

#endif  // WEIR_MEDIA_CODEC_TEXT_H_
