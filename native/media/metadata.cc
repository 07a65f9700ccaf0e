#include "media/metadata.h"

#include <cmath>
#include <string>

#include "media/amf0.h"

namespace weir {
namespace {

constexpr std::string_view kSetDataFrame = "@setDataFrame";
constexpr std::string_view kClearDataFrame = "@clearDataFrame";
constexpr std::string_view kOnMetaData = "onMetaData";

bool BeginsWithObject(ByteView body) {
  amf0::Value value;
  amf0::Reader reader(body);
  // Only the type matters here; a broken object is reported when it is rewritten.
  (void)reader.Read(value);
  return value.has_members();
}

// Most encoders write numbers; XSplit writes the name of a FourCC.
uint32_t CodecOf(const amf0::Value& fields, std::string_view key) {
  const amf0::Value* value = fields.Find(key);
  if (value == nullptr) return 0;
  if (value->is_number()) {
    return value->number >= 0 && value->number <= 0xFFFFFFFF ? static_cast<uint32_t>(value->number) : 0;
  }
  if (!value->is_string() || value->text.size() != 4) return 0;
  return LoadBe32(AsBytes(value->text).data());
}

// "true" as text is what Adobe's encoders write.
bool IsTrue(const amf0::Value& fields, std::string_view key) {
  const amf0::Value* value = fields.Find(key);
  return value != nullptr && (value->is_true() || (value->is_string() && value->text == "true"));
}

// NaN, infinities and negative numbers appear where encoders divide by zero.
double QuantityOf(const amf0::Value& fields, std::string_view key) {
  const double number = fields.NumberOf(key);
  return std::isfinite(number) && number > 0 ? number : 0;
}

MetadataFacts FactsOf(const amf0::Value& fields) {
  return {.audio_sample_rate = QuantityOf(fields, "audiosamplerate"),
          .frame_rate = QuantityOf(fields, "framerate"),
          .width = QuantityOf(fields, "width"),
          .height = QuantityOf(fields, "height"),
          .video_codec = CodecOf(fields, "videocodecid"),
          .audio_codec = CodecOf(fields, "audiocodecid"),
          .bravo_atc = IsTrue(fields, "bravo_atc")};
}

}  // namespace

DataMessage ClassifyData(ByteView payload) {
  std::string_view name;
  amf0::Reader reader(payload);
  if (reader.ReadString(name) != Reason::kNone) {
    const bool is_bare = BeginsWithObject(payload);
    return {.kind = is_bare ? DataKind::kMetadata : DataKind::kNotAmf, .name = {}, .body = payload};
  }
  if (name == kClearDataFrame) return {.kind = DataKind::kClear, .name = name, .body = payload};

  ByteView body = payload;
  if (name == kSetDataFrame) {
    body = reader.rest();
    reader = amf0::Reader(body);
    if (reader.ReadString(name) != Reason::kNone) {
      // Some Flash encoders leave the name out and send the object at once.
      const bool is_bare = BeginsWithObject(body);
      return {.kind = is_bare ? DataKind::kMetadata : DataKind::kNotAmf, .name = {}, .body = body};
    }
  }
  return {.kind = name == kOnMetaData ? DataKind::kMetadata : DataKind::kOther, .name = name, .body = body};
}

Reason RewriteMetadata(ByteView payload, std::string_view server, Buffer& out, MetadataFacts& facts) {
  const DataMessage message = ClassifyData(payload);
  amf0::Reader reader(message.body);
  if (!message.name.empty()) {
    if (const Reason reason = reader.Skip(); reason != Reason::kNone) return reason;
  }
  amf0::Value fields;
  // A name with nothing behind it exists in the wild: metadata without a field.
  if (!reader.empty()) {
    if (const Reason reason = reader.Read(fields); reason != Reason::kNone) return reason;
    const bool says_nothing = fields.type == amf0::Type::kNull || fields.type == amf0::Type::kUndefined;
    if (!fields.has_members() && !says_nothing) return Reason::kAmfMalformed;
  }

  facts = FactsOf(fields);
  std::erase_if(fields.members, [](const amf0::Member& member) { return member.key == "server"; });
  fields.members.push_back(
      {"server", {.type = amf0::Type::kString, .number = 0, .text = std::string(server), .members = {}}});
  fields.type = amf0::Type::kEcmaArray;
  amf0::AppendString(out, kOnMetaData);
  amf0::AppendValue(out, fields);
  return Reason::kNone;
}

}  // namespace weir
