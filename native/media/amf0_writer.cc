#include <bit>

#include "media/amf0.h"
#include "media/amf0_markers.h"

namespace weir::amf0 {
namespace {

constexpr size_t kMaxShort = 0xFFFF;

void AppendDouble(Buffer& out, double number) { AppendBe64(out, std::bit_cast<uint64_t>(number)); }

void AppendMembers(Buffer& out, const Value& value) {
  for (const Member& member : value.members) {
    AppendKey(out, member.key);
    AppendValue(out, member.value);
  }
  EndObject(out);
}

void AppendLongText(Buffer& out, uint8_t marker, std::string_view text) {
  AppendU8(out, marker);
  AppendBe32(out, static_cast<uint32_t>(text.size()));
  Append(out, text);
}

}  // namespace

void AppendNumber(Buffer& out, double number) {
  AppendU8(out, kNumberMarker);
  AppendDouble(out, number);
}

void AppendBoolean(Buffer& out, bool value) {
  AppendU8(out, kBooleanMarker);
  AppendU8(out, value ? 1 : 0);
}

void AppendString(Buffer& out, std::string_view text) {
  if (text.size() > kMaxShort) return AppendLongText(out, kLongStringMarker, text);
  AppendU8(out, kStringMarker);
  AppendKey(out, text);
}

void AppendNull(Buffer& out) { AppendU8(out, kNullMarker); }

void AppendUndefined(Buffer& out) { AppendU8(out, kUndefinedMarker); }

void BeginObject(Buffer& out) { AppendU8(out, kObjectMarker); }

void BeginEcmaArray(Buffer& out, size_t count) {
  AppendU8(out, kEcmaArrayMarker);
  AppendBe32(out, static_cast<uint32_t>(count));
}

void AppendKey(Buffer& out, std::string_view key) {
  AppendBe16(out, static_cast<uint32_t>(key.size()));
  Append(out, key);
}

void EndObject(Buffer& out) {
  AppendBe16(out, 0);
  AppendU8(out, kObjectEndMarker);
}

void AppendField(Buffer& out, std::string_view key, double number) {
  AppendKey(out, key);
  AppendNumber(out, number);
}

void AppendField(Buffer& out, std::string_view key, std::string_view text) {
  AppendKey(out, key);
  AppendString(out, text);
}

void AppendValue(Buffer& out, const Value& value) {
  switch (value.type) {
    case Type::kUndefined:
      return AppendUndefined(out);
    case Type::kNull:
      return AppendNull(out);
    case Type::kNumber:
      return AppendNumber(out, value.number);
    case Type::kBoolean:
      return AppendBoolean(out, value.number != 0);
    case Type::kString:
      return AppendString(out, value.text);
    case Type::kObject:
      BeginObject(out);
      return AppendMembers(out, value);
    case Type::kEcmaArray:
      BeginEcmaArray(out, value.members.size());
      return AppendMembers(out, value);
    case Type::kTypedObject:
      AppendU8(out, kTypedObjectMarker);
      AppendKey(out, value.text);
      return AppendMembers(out, value);
    case Type::kStrictArray:
      AppendU8(out, kStrictArrayMarker);
      AppendBe32(out, static_cast<uint32_t>(value.members.size()));
      for (const Member& member : value.members) AppendValue(out, member.value);
      return;
    case Type::kDate:
      AppendU8(out, kDateMarker);
      AppendDouble(out, value.number);
      return AppendBe16(out, 0);  // the time zone is reserved (AMF0, 2.13)
    case Type::kXml:
      return AppendLongText(out, kXmlMarker, value.text);
    case Type::kReference:
      AppendU8(out, kReferenceMarker);
      return AppendBe16(out, static_cast<uint32_t>(value.number));
    case Type::kUnsupported:
      return AppendU8(out, kUnsupportedMarker);
    case Type::kAvmPlus:
      AppendU8(out, kAvmPlusMarker);
      return Append(out, value.text);
  }
}

}  // namespace weir::amf0
