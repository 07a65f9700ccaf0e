// AMF0 (Action Message Format 0): a bounded reader, a value tree that keeps the order of members, and an appending
// writer. Lifetime: a Reader views the bytes it was given; a Value owns everything it holds. Thread rule: plain values.
#ifndef WEIR_MEDIA_AMF0_H_
#define WEIR_MEDIA_AMF0_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/reason.h"

namespace weir::amf0 {

// The kinds of a Value. kAvmPlus is an AMF3 value that has no AMF0 equal: its bytes are kept as they came.
enum class Type : uint8_t {
  kUndefined,
  kNull,
  kNumber,
  kBoolean,
  kString,
  kObject,
  kEcmaArray,
  kStrictArray,
  kTypedObject,
  kDate,
  kXml,
  kReference,
  kUnsupported,
  kAvmPlus,
};

struct Member;

struct Value {
  Type type = Type::kUndefined;
  double number = 0;            // number; date in ms; boolean as 0 or 1; index of a reference
  std::string text;             // string, XML, class name of a typed object, AMF3 bytes (without the 0x11)
  std::vector<Member> members;  // objects and arrays; a strict array's members have empty keys

  bool is_number() const { return type == Type::kNumber; }
  bool is_string() const { return type == Type::kString; }
  bool is_true() const { return type == Type::kBoolean && number != 0; }
  bool has_members() const { return type == Type::kObject || type == Type::kEcmaArray || type == Type::kTypedObject; }

  // The first member of that name, or nullptr. REQUIRES: the pointer is not used after `members` changed.
  const Value* Find(std::string_view key) const;
  // The text or number of that member if it has one of that type, else the fallback.
  std::string_view TextOf(std::string_view key, std::string_view fallback = {}) const;
  double NumberOf(std::string_view key, double fallback = 0) const;
};

struct Member {
  std::string key;
  Value value;
};

struct Limits {
  int depth = 16;  // nesting of objects and arrays
  size_t values =
      16 * 1024;  // in one Reader: bounds the tree's memory (a null costs one byte on the wire, some 100 here)
};

// Reads values from the front of a payload. Every function returns kNone or why it could not; after a failure the
// position is undefined. The end of the payload also ends an open object (encoders forget the end marker); the count of
// an ECMA array is ignored (FMLE writes 0, OBS a constant).
class Reader {
 public:
  explicit Reader(ByteView bytes, Limits limits = {}) : in_(bytes), limits_(limits) {}

  bool empty() const { return in_.left() == 0; }
  ByteView rest() const { return in_.rest(); }

  [[nodiscard]] Reason Read(Value& value);
  // Cheap scanning without a tree, for commands. The string is a view into the payload.
  [[nodiscard]] Reason ReadString(std::string_view& text);
  [[nodiscard]] Reason ReadNumber(double& number);
  [[nodiscard]] Reason Skip();

 private:
  Reason ReadAt(Value* value, int depth);
  Reason ReadBody(uint8_t marker, Value* value, int depth);
  Reason ReadLargeBody(uint8_t marker, Value* value, int depth);
  Reason ReadDouble(double& number);
  Reason ReadMembers(Value* value, int depth);
  Reason ReadStrictArray(Value* value, int depth);
  Reason ReadText(bool is_long, std::string_view& text);
  Reason ReadTextInto(Value* value, Type type, bool is_long);
  Reason ReadAvmPlus(Value* value, int depth);
  bool AtObjectEnd();

  ByteReader in_;
  Limits limits_;
};

void AppendNumber(Buffer& out, double number);
void AppendBoolean(Buffer& out, bool value);
// A long string when it needs more than 16 bits of length.
void AppendString(Buffer& out, std::string_view text);
void AppendNull(Buffer& out);
void AppendUndefined(Buffer& out);
void BeginObject(Buffer& out);
void BeginEcmaArray(Buffer& out, size_t count);
// REQUIRES: key.size() <= 65535.
void AppendKey(Buffer& out, std::string_view key);
void EndObject(Buffer& out);
void AppendField(Buffer& out, std::string_view key, double number);
void AppendField(Buffer& out, std::string_view key, std::string_view text);
void AppendValue(Buffer& out, const Value& value);

}  // namespace weir::amf0

#endif  // WEIR_MEDIA_AMF0_H_
