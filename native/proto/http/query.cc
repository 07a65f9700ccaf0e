#include "proto/http/query.h"

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

bool TakeParam(std::string_view& query, std::string_view& param) {
  if (query.empty()) return false;
  const size_t end = query.find('&');
  param = query.substr(0, end);
  query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  return true;
}

std::optional<std::string> FindParam(std::string_view query, std::string_view name) {
  std::string_view param;
  while (TakeParam(query, param)) {
    const size_t equals = param.find('=');
    if (FormDecode(param.substr(0, equals)) != name) continue;
    return equals == std::string_view::npos ? std::string() : FormDecode(param.substr(equals + 1));
  }
  return std::nullopt;
}

}  // namespace weir::http
