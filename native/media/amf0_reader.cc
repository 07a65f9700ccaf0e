#include <bit>

#include "media/amf0.h"
#include "media/amf0_markers.h"
#include "media/amf3.h"

namespace weir::amf0 {

const Value* Value::Find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::string_view Value::TextOf(std::string_view key, std::string_view fallback) const {
  const Value* found = Find(key);
  return found != nullptr && found->is_string() ? std::string_view(found->text) : fallback;
}

double Value::NumberOf(std::string_view key, double fallback) const {
  const Value* found = Find(key);
  return found != nullptr && found->is_number() ? found->number : fallback;
}

Reason Reader::Read(Value& value) {
  value = Value();
  return ReadAt(&value, limits_.depth);
}

Reason Reader::Skip() { return ReadAt(nullptr, limits_.depth); }

Reason Reader::ReadString(std::string_view& text) {
  uint8_t marker = 0;
  if (!in_.U8(marker)) return Reason::kAmfMalformed;
  if (marker == kStringMarker || marker == kLongStringMarker) return ReadText(marker == kLongStringMarker, text);
  if (marker != kAvmPlusMarker) return Reason::kAmfMalformed;
  amf3::Scalar scalar;
  if (const Reason reason = amf3::Read(in_, limits_.depth, limits_.values, scalar); reason != Reason::kNone)
    return reason;
  text = scalar.text;
  return scalar.type == amf3::Type::kString ? Reason::kNone : Reason::kAmfMalformed;
}

Reason Reader::ReadNumber(double& number) {
  Value value;
  if (const Reason reason = Read(value); reason != Reason::kNone) return reason;
  number = value.number;
  return value.is_number() ? Reason::kNone : Reason::kAmfMalformed;
}

// Every value passes here. With a null `value` it is only skipped.
Reason Reader::ReadAt(Value* value, int depth) {
  if (limits_.values == 0) return Reason::kAmfTooLarge;
  --limits_.values;
  uint8_t marker = 0;
  if (!in_.U8(marker)) return Reason::kAmfMalformed;
  return ReadBody(marker, value, depth);
}

Reason Reader::ReadBody(uint8_t marker, Value* value, int depth) {
  Value scratch;  // what a skipped scalar is read into; its strings stay empty
  Value& v = value != nullptr ? *value : scratch;
  switch (marker) {
    case kNumberMarker:
      v.type = Type::kNumber;
      return ReadDouble(v.number);
    case kBooleanMarker: {
      uint8_t byte = 0;
      v.type = Type::kBoolean;
      if (!in_.U8(byte)) return Reason::kAmfMalformed;
      v.number = byte != 0 ? 1 : 0;
      return Reason::kNone;
    }
    case kNullMarker:
      v.type = Type::kNull;
      return Reason::kNone;
    case kUndefinedMarker:
      v.type = Type::kUndefined;
      return Reason::kNone;
    case kUnsupportedMarker:
      v.type = Type::kUnsupported;
      return Reason::kNone;
    case kReferenceMarker: {
      // Kept as a number and never followed: a reference may point at the object that holds it.
      uint16_t index = 0;
      v.type = Type::kReference;
      if (!in_.Be16(index)) return Reason::kAmfMalformed;
      v.number = index;
      return Reason::kNone;
    }
    case kDateMarker:
      v.type = Type::kDate;
      if (const Reason reason = ReadDouble(v.number); reason != Reason::kNone) return reason;
      return in_.Skip(2) ? Reason::kNone : Reason::kAmfMalformed;
    default:
      return ReadLargeBody(marker, value, depth);
  }
}

Reason Reader::ReadLargeBody(uint8_t marker, Value* value, int depth) {
  switch (marker) {
    case kStringMarker:
    case kLongStringMarker:
      return ReadTextInto(value, Type::kString, marker == kLongStringMarker);
    case kXmlMarker:
      return ReadTextInto(value, Type::kXml, true);
    case kObjectMarker:
      if (value != nullptr) value->type = Type::kObject;
      return ReadMembers(value, depth - 1);
    case kEcmaArrayMarker:
      if (value != nullptr) value->type = Type::kEcmaArray;
      return in_.Skip(4) ? ReadMembers(value, depth - 1) : Reason::kAmfMalformed;
    case kTypedObjectMarker:
      if (const Reason reason = ReadTextInto(value, Type::kTypedObject, false); reason != Reason::kNone) return reason;
      return ReadMembers(value, depth - 1);
    case kStrictArrayMarker:
      if (value != nullptr) value->type = Type::kStrictArray;
      return ReadStrictArray(value, depth - 1);
    case kAvmPlusMarker:
      return ReadAvmPlus(value, depth);
    default:
      return Reason::kAmfMalformed;  // movie clip, recordset and what nobody has defined
  }
}

Reason Reader::ReadDouble(double& number) {
  uint64_t bits = 0;
  if (!in_.Be64(bits)) return Reason::kAmfMalformed;
  number = std::bit_cast<double>(bits);
  return Reason::kNone;
}

Reason Reader::ReadMembers(Value* value, int depth) {
  if (depth < 0) return Reason::kAmfTooDeep;
  while (!AtObjectEnd()) {
    std::string_view key;
    if (const Reason reason = ReadText(false, key); reason != Reason::kNone) return reason;
    Value* member = nullptr;
    if (value != nullptr) member = &value->members.emplace_back(Member{std::string(key), Value()}).value;
    if (const Reason reason = ReadAt(member, depth); reason != Reason::kNone) return reason;
  }
  return Reason::kNone;
}

// Consumes the end marker. An empty key with another marker behind it is a legal member. Nothing left counts as the
// end, and so does a lone rest of the end marker.
bool Reader::AtObjectEnd() {
  const ByteView rest = in_.rest();
  if (rest.size() >= 3) {
    if (LoadBe24(rest.data()) != kObjectEndMarker) return false;
    return in_.Skip(3);
  }
  for (const uint8_t byte : rest) {
    if (byte != 0) return false;
  }
  return in_.Skip(rest.size());
}

Reason Reader::ReadStrictArray(Value* value, int depth) {
  if (depth < 0) return Reason::kAmfTooDeep;
  uint32_t count = 0;
  // A value has one byte at least: a count beyond what is left is a lie that must cost nothing.
  if (!in_.Be32(count) || count > in_.left()) return Reason::kAmfMalformed;
  for (; count > 0; --count) {
    Value* element = nullptr;
    if (value != nullptr) element = &value->members.emplace_back().value;
    if (const Reason reason = ReadAt(element, depth); reason != Reason::kNone) return reason;
  }
  return Reason::kNone;
}

Reason Reader::ReadText(bool is_long, std::string_view& text) {
  uint32_t size = 0;
  if (is_long) {
    if (!in_.Be32(size)) return Reason::kAmfMalformed;
  } else {
    uint16_t short_size = 0;
    if (!in_.Be16(short_size)) return Reason::kAmfMalformed;
    size = short_size;
  }
  ByteView bytes;
  if (!in_.Take(size, bytes)) return Reason::kAmfMalformed;
  text = AsText(bytes);
  return Reason::kNone;
}

Reason Reader::ReadTextInto(Value* value, Type type, bool is_long) {
  std::string_view text;
  if (const Reason reason = ReadText(is_long, text); reason != Reason::kNone) return reason;
  if (value != nullptr) {
    value->type = type;
    value->text = text;
  }
  return Reason::kNone;
}

// What AMF0 can say becomes AMF0; the rest is kept as it came.
Reason Reader::ReadAvmPlus(Value* value, int depth) {
  const ByteView before = in_.rest();
  amf3::Scalar scalar;
  if (const Reason reason = amf3::Read(in_, depth, limits_.values, scalar); reason != Reason::kNone) return reason;
  if (value == nullptr) return Reason::kNone;
  value->number = scalar.number;
  value->text = scalar.text;
  switch (scalar.type) {
    case amf3::Type::kUndefined:
      value->type = Type::kUndefined;
      break;
    case amf3::Type::kNull:
      value->type = Type::kNull;
      break;
    case amf3::Type::kBoolean:
      value->type = Type::kBoolean;
      break;
    case amf3::Type::kNumber:
      value->type = Type::kNumber;
      break;
    case amf3::Type::kString:
      value->type = Type::kString;
      break;
    case amf3::Type::kOther:
      value->type = Type::kAvmPlus;
      value->text = AsText(before.first(before.size() - in_.left()));
      break;
  }
  return Reason::kNone;
}

}  // namespace weir::amf0
