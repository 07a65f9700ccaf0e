// Shows AMF0 in tests as one line: {a=1 b=null}, ecma{...}, [...], 'text'.
// Lifetime: values. Thread rule: pure functions.
#ifndef WEIR_TEST_NATIVE_SUPPORT_AMF_H_
#define WEIR_TEST_NATIVE_SUPPORT_AMF_H_

#include <cstdio>
#include <string>

#include "media/amf0.h"
#include "test/native/support/hex.h"

namespace weir::test {

inline std::string Show(const amf0::Value& value);

inline std::string ShowMembers(const amf0::Value& value) {
  std::string text;
  for (const amf0::Member& member : value.members) {
    if (!text.empty()) text += ' ';
    if (value.type != amf0::Type::kStrictArray) text += member.key + "=";
    text += Show(member.value);
  }
  return text;
}

inline std::string Show(const amf0::Value& value) {
  using amf0::Type;
  char number[32];
  std::snprintf(number, sizeof(number), "%.10g", value.number);
  switch (value.type) {
    case Type::kUndefined:
      return "undefined";
    case Type::kNull:
      return "null";
    case Type::kNumber:
      return number;
    case Type::kBoolean:
      return value.number != 0 ? "true" : "false";
    case Type::kString:
      return "'" + value.text + "'";
    case Type::kObject:
      return "{" + ShowMembers(value) + "}";
    case Type::kEcmaArray:
      return "ecma{" + ShowMembers(value) + "}";
    case Type::kStrictArray:
      return "[" + ShowMembers(value) + "]";
    case Type::kTypedObject:
      return value.text + "{" + ShowMembers(value) + "}";
    case Type::kDate:
      return std::string("date:") + number;
    case Type::kXml:
      return "xml:" + value.text;
    case Type::kReference:
      return std::string("reference:") + number;
    case Type::kUnsupported:
      return "unsupported";
    case Type::kAvmPlus:
      return "amf3:" + ToHex(AsBytes(value.text));
  }
  return "?";
}

// All values of a payload, with a space between two.
inline std::string ShowAmf(ByteView payload) {
  amf0::Reader reader(payload);
  std::string text;
  while (!reader.empty()) {
    amf0::Value value;
    if (reader.Read(value) != Reason::kNone) return text + " malformed";
    if (!text.empty()) text += ' ';
    text += Show(value);
  }
  return text;
}

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_SUPPORT_AMF_H_
