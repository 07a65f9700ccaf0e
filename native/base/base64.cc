#include "base/base64.h"

#include <algorithm>

namespace weir {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int DigitOf(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

std::string Base64Encode(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t n = std::min<size_t>(3, bytes.size() - at);
    uint8_t group[3] = {};
    std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(at), n, group);
    const uint32_t bits = LoadBe24(group);
    for (size_t digit = 0; digit < 4; ++digit) {
      text += digit <= n ? kAlphabet[(bits >> (18 - 6 * digit)) & 0x3F] : '=';
    }
  }
  return text;
}

std::optional<Buffer> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;

  Buffer bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  for (size_t i = 0; i < text.size() - padding; ++i) {
    const int digit = DigitOf(text[i]);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(digit);
    if (i % 4 == 3) AppendBe24(bytes, bits & 0xFFFFFF);
  }
  if (padding == 1) {
    if ((bits & 0x3) != 0) return std::nullopt;
    AppendBe16(bytes, (bits >> 2) & 0xFFFF);
  }
  if (padding == 2) {
    if ((bits & 0xF) != 0) return std::nullopt;
    AppendU8(bytes, (bits >> 4) & 0xFF);
  }
  return bytes;
}

}  // namespace weir
