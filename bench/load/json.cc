#include "bench/load/json.h"

#include <cmath>
#include <cstdio>
#include <utility>

namespace weir::load {

void Json::Begin(char bracket) {
  out_ += bracket;
  first_ = true;
}

void Json::Quote(std::string_view text) {
  out_ += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') out_ += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      out_ += escape;
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

void Json::Name(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  Quote(name);
  out_ += ':';
}

Json& Json::Text(std::string_view name, std::string_view value) {
  Name(name);
  Quote(value);
  return *this;
}

Json& Json::Number(std::string_view name, double value) {
  Name(name);
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", std::isfinite(value) ? value : 0.0);
  out_ += text;
  return *this;
}

Json& Json::Count(std::string_view name, uint64_t value) {
  Name(name);
  out_ += std::to_string(value);
  return *this;
}

Json& Json::Flag(std::string_view name, bool value) {
  Name(name);
  out_ += value ? "true" : "false";
  return *this;
}

Json& Json::Open(std::string_view name) {
  Name(name);
  Begin('{');
  return *this;
}

Json& Json::Close() {
  out_ += '}';
  first_ = false;
  return *this;
}

std::string Json::Finish() {
  out_ += '}';
  return std::move(out_);
}

}  // namespace weir::load
