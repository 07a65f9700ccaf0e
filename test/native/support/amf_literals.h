// AMF0 literals for tests: the arguments of a command, and its body.
// Lifetime: values. Thread rule: pure functions.
#ifndef WEIR_TEST_NATIVE_SUPPORT_AMF_LITERALS_H_
#define WEIR_TEST_NATIVE_SUPPORT_AMF_LITERALS_H_

#include <initializer_list>
#include <string_view>
#include <utility>

#include "media/amf0.h"
#include "test/native/support/hex.h"

namespace weir::test {

inline Buffer Null() { return Hex("05"); }
inline Buffer Undefined() { return Hex("06"); }
inline Buffer Number(double number) {
  Buffer out;
  amf0::AppendNumber(out, number);
  return out;
}
inline Buffer Text(std::string_view text) {
  Buffer out;
  amf0::AppendString(out, text);
  return out;
}
inline Buffer Boolean(bool value) { return Hex(value ? "0101" : "0100"); }
// {key: text, ...}
inline Buffer Object(std::initializer_list<std::pair<std::string_view, Buffer>> members) {
  Buffer out = Hex("03");
  for (const auto& [key, value] : members) {
    amf0::AppendKey(out, key);
    Append(out, ByteView(value));
  }
  amf0::EndObject(out);
  return out;
}

inline Buffer CommandBody(std::string_view name, std::initializer_list<Buffer> arguments) {
  Buffer body = Text(name);
  for (const Buffer& argument : arguments) Append(body, ByteView(argument));
  return body;
}

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_SUPPORT_AMF_LITERALS_H_
