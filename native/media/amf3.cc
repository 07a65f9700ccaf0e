#include "media/amf3.h"

#include <bit>

namespace weir::amf3 {
namespace {

// AMF3, 3.1.
enum Marker : uint8_t {
  kUndefinedMarker,
  kNullMarker,
  kFalseMarker,
  kTrueMarker,
  kIntegerMarker,
  kDoubleMarker,
  kStringMarker,
  kXmlDocMarker,
  kDateMarker,
  kArrayMarker,
  kObjectMarker,
  kXmlMarker,
  kByteArrayMarker,
};

// 29 bits in one to four bytes; the fourth gives all its eight (AMF3, 1.3.1).
bool ReadU29(ByteReader& in, uint32_t& value) {
  value = 0;
  for (int i = 0; i < 3; ++i) {
    uint8_t byte = 0;
    if (!in.U8(byte)) return false;
    value = (value << 7) | (byte & 0x7F);
    if ((byte & 0x80) == 0) return true;
  }
  uint8_t last = 0;
  if (!in.U8(last)) return false;
  value = (value << 8) | last;
  return true;
}

// Length-prefixed bytes; with the low bit 0 it is a reference instead and `bytes` stays empty.
bool ReadBytes(ByteReader& in, bool& is_reference, ByteView& bytes) {
  uint32_t head = 0;
  if (!ReadU29(in, head)) return false;
  is_reference = (head & 1) == 0;
  return is_reference || in.Take(head >> 1, bytes);
}

Reason SkipValue(ByteReader& in, int depth, size_t& values) {
  Scalar ignored;
  return Read(in, depth, values, ignored);
}

// Name and value pairs up to the empty name.
Reason SkipPairs(ByteReader& in, int depth, size_t& values) {
  while (true) {
    bool is_reference = false;
    ByteView key;
    if (!ReadBytes(in, is_reference, key)) return Reason::kAmfMalformed;
    if (!is_reference && key.empty()) return Reason::kNone;
    if (const Reason reason = SkipValue(in, depth, values); reason != Reason::kNone) return reason;
  }
}

Reason SkipArray(ByteReader& in, int depth, size_t& values) {
  uint32_t head = 0;
  if (!ReadU29(in, head)) return Reason::kAmfMalformed;
  if ((head & 1) == 0) return Reason::kNone;
  if (const Reason reason = SkipPairs(in, depth, values); reason != Reason::kNone) return reason;
  for (uint32_t left = head >> 1; left > 0; --left) {
    if (const Reason reason = SkipValue(in, depth, values); reason != Reason::kNone) return reason;
  }
  return Reason::kNone;
}

// Only objects that bring their traits along and are not externalizable: the form of others is known to their class
// alone.
Reason SkipObject(ByteReader& in, int depth, size_t& values) {
  uint32_t head = 0;
  if (!ReadU29(in, head)) return Reason::kAmfMalformed;
  if ((head & 1) == 0) return Reason::kNone;
  const bool has_traits = (head & 2) != 0;
  const bool is_externalizable = (head & 4) != 0;
  const bool is_dynamic = (head & 8) != 0;
  if (!has_traits || is_externalizable) return Reason::kAmfMalformed;

  const uint32_t sealed = head >> 4;
  bool is_reference = false;
  ByteView name;
  if (!ReadBytes(in, is_reference, name)) return Reason::kAmfMalformed;
  for (uint32_t i = 0; i < sealed; ++i) {
    if (!ReadBytes(in, is_reference, name)) return Reason::kAmfMalformed;
  }
  for (uint32_t i = 0; i < sealed; ++i) {
    if (const Reason reason = SkipValue(in, depth, values); reason != Reason::kNone) return reason;
  }
  return is_dynamic ? SkipPairs(in, depth, values) : Reason::kNone;
}

Reason SkipDate(ByteReader& in) {
  uint32_t head = 0;
  if (!ReadU29(in, head)) return Reason::kAmfMalformed;
  return (head & 1) == 0 || in.Skip(8) ? Reason::kNone : Reason::kAmfMalformed;
}

Reason ReadText(ByteReader& in, bool is_string, Scalar& scalar) {
  bool is_reference = false;
  ByteView bytes;
  if (!ReadBytes(in, is_reference, bytes)) return Reason::kAmfMalformed;
  if (is_string && !is_reference) scalar = {.type = Type::kString, .text = AsText(bytes)};
  return Reason::kNone;
}

Reason ReadInteger(ByteReader& in, Scalar& scalar) {
  uint32_t value = 0;
  if (!ReadU29(in, value)) return Reason::kAmfMalformed;
  const int32_t extended = static_cast<int32_t>(value << 3) >> 3;  // 29-bit two's complement
  scalar = {.type = Type::kNumber, .number = static_cast<double>(extended)};
  return Reason::kNone;
}

}  // namespace

Reason Read(ByteReader& in, int depth, size_t& values, Scalar& scalar) {
  scalar = {};
  if (depth < 0) return Reason::kAmfTooDeep;
  if (values == 0) return Reason::kAmfTooLarge;
  --values;
  uint8_t marker = 0;
  if (!in.U8(marker)) return Reason::kAmfMalformed;
  switch (marker) {
    case kUndefinedMarker:
      scalar.type = Type::kUndefined;
      return Reason::kNone;
    case kNullMarker:
      scalar.type = Type::kNull;
      return Reason::kNone;
    case kFalseMarker:
    case kTrueMarker:
      scalar = {.type = Type::kBoolean, .number = marker == kTrueMarker ? 1.0 : 0.0};
      return Reason::kNone;
    case kIntegerMarker:
      return ReadInteger(in, scalar);
    case kDoubleMarker: {
      uint64_t bits = 0;
      if (!in.Be64(bits)) return Reason::kAmfMalformed;
      scalar = {.type = Type::kNumber, .number = std::bit_cast<double>(bits)};
      return Reason::kNone;
    }
    case kStringMarker:
    case kXmlDocMarker:
    case kXmlMarker:
    case kByteArrayMarker:
      return ReadText(in, marker == kStringMarker, scalar);
    case kDateMarker:
      return SkipDate(in);
    case kArrayMarker:
      return SkipArray(in, depth - 1, values);
    case kObjectMarker:
      return SkipObject(in, depth - 1, values);
    default:
      return Reason::kAmfMalformed;
  }
}

}  // namespace weir::amf3
