#include "proto/http/query.h"

#include <algorithm>

namespace weir::http {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte of the escape that begins at `at`, or -1.
int EscapeAt(std::string_view text, size_t at) {
  if (text[at] != '%' || text.size() - at < 3) return -1;
  const int high = HexDigit(text[at + 1]);
  const int low = HexDigit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string FormDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const int byte = EscapeAt(text, i);
    if (byte >= 0) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace

bool PercentDecode(std::string_view text, Buffer& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(static_cast<uint8_t>(text[i]));
      continue;
    }
    const int byte = EscapeAt(text, i);
    if (byte < 0) return false;
    out.push_back(static_cast<uint8_t>(byte));
    i += 2;
  }
  return true;
}

std::optional<std::string> FindParam(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view param = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const size_t equals = std::min(param.find('='), param.size());
    if (FormDecode(param.substr(0, equals)) != name) continue;
    return FormDecode(param.substr(std::min(equals + 1, param.size())));
  }
  return std::nullopt;
}

}  // namespace weir::http
