#include "proto/flv/file_meta.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "media/amf0_markers.h"
#include "media/flv_tag.h"
#include "proto/flv/encoder.h"

namespace weir::flv {
namespace {

constexpr std::string_view kName = "onMetaData";
// By this a file is known as ours.
constexpr std::string_view kRecorder = "recorder";
constexpr std::string_view kRecorderName = "weir";
constexpr std::array<std::string_view, 9> kOwn = {
    "duration",     "filesize",     "lasttimestamp", "lastkeyframetimestamp", "lastkeyframelocation", "hasKeyframes",
    "hasKeyFrames", "canSeekToEnd", "keyframes"};
// A number in a strict array, in each of two.
constexpr size_t kIndexEntry = 2 * 9;
// What all names and values take beside the properties and the index.
constexpr size_t kFixed = 512;
constexpr size_t kFillerHeader = 5;

bool IsOwn(std::string_view key) { return key == kRecorder || std::find(kOwn.begin(), kOwn.end(), key) != kOwn.end(); }

std::vector<amf0::Member> PropertiesOf(ByteView message) {
  amf0::Reader reader(message);
  amf0::Value fields;
  if (message.empty() || reader.Skip() != Reason::kNone || reader.Read(fields) != Reason::kNone) return {};
  std::erase_if(fields.members, [](const amf0::Member& member) { return IsOwn(member.key); });
  return std::move(fields.members);
}

void AppendProperties(const std::vector<amf0::Member>& properties, Buffer& body) {
  for (const amf0::Member& member : properties) {
    amf0::AppendKey(body, member.key);
    amf0::AppendValue(body, member.value);
  }
  amf0::AppendField(body, kRecorder, kRecorderName);
}

template <class Number>
void AppendNumbers(Buffer& body, std::string_view key, size_t count, Number number) {
  amf0::AppendKey(body, key);
  AppendU8(body, amf0::kStrictArrayMarker);
  AppendBe32(body, static_cast<uint32_t>(count));
  for (size_t i = 0; i < count; ++i) amf0::AppendNumber(body, number(i));
}

}  // namespace

void FileMeta::Begin(ByteView metadata, size_t key_frames) {
  properties_ = PropertiesOf(metadata);
  index_.clear();
  capacity_ = std::max<size_t>(key_frames, 2);
  seen_ = 0;
  stride_ = 1;
  Buffer properties;
  AppendProperties(properties_, properties);
  body_size_ = std::min<size_t>(kFixed + properties.size() + capacity_ * kIndexEntry, kMaxBody);
}

bool FileMeta::Resume(ByteView body) {
  amf0::Reader reader(body);
  std::string_view name;
  amf0::Value fields;
  if (reader.ReadString(name) != Reason::kNone || name != kName || reader.Read(fields) != Reason::kNone) return false;
  if (fields.TextOf(kRecorder) != kRecorderName) return false;
  Begin(body, 2);
  Buffer properties;
  AppendProperties(properties_, properties);
  if (body.size() < kFixed + properties.size() + 2 * kIndexEntry) return false;
  body_size_ = body.size();
  capacity_ = (body_size_ - kFixed - properties.size()) / kIndexEntry;
  return true;
}

void FileMeta::NoteKeyFrame(uint32_t millis, uint64_t position) {
  if (seen_++ % stride_ != 0) return;
  if (index_.size() == capacity_) {
    size_t kept = 0;
    for (size_t i = 0; i < index_.size(); i += 2) index_[kept++] = index_[i];
    index_.resize(kept);
    stride_ *= 2;
    if ((seen_ - 1) % stride_ != 0) return;
  }
  index_.push_back({millis, position});
}

void FileMeta::Cut(uint64_t file_size) {
  while (!index_.empty() && index_.back().position >= file_size) index_.pop_back();
}

size_t FileMeta::size() const { return TagEntrySize(static_cast<uint32_t>(body_size_)); }

void FileMeta::AppendOpen(Buffer& out) const {
  Buffer body;
  amf0::AppendString(body, kName);
  amf0::BeginEcmaArray(body, properties_.size() + 1);
  AppendProperties(properties_, body);
  amf0::EndObject(body);
  AppendTagOf(std::move(body), out);
}

void FileMeta::AppendFinished(uint32_t duration_millis, uint64_t file_size, Buffer& out) const {
  Buffer body;
  amf0::AppendString(body, kName);
  amf0::BeginEcmaArray(body, properties_.size() + 1 + (index_.empty() ? 4 : 8));
  AppendProperties(properties_, body);
  amf0::AppendField(body, "duration", duration_millis / 1000.0);
  amf0::AppendField(body, "lasttimestamp", duration_millis / 1000.0);
  amf0::AppendField(body, "filesize", static_cast<double>(file_size));
  amf0::AppendKey(body, "hasKeyframes");
  amf0::AppendBoolean(body, !index_.empty());
  if (!index_.empty()) AppendIndex(body);
  amf0::EndObject(body);
  AppendTagOf(std::move(body), out);
}

void FileMeta::AppendIndex(Buffer& body) const {
  amf0::AppendField(body, "lastkeyframetimestamp", index_.back().millis / 1000.0);
  amf0::AppendField(body, "lastkeyframelocation", static_cast<double>(index_.back().position));
  amf0::AppendKey(body, "canSeekToEnd");
  amf0::AppendBoolean(body, true);
  amf0::AppendKey(body, "keyframes");
  amf0::BeginObject(body);
  AppendNumbers(body, "times", index_.size(), [this](size_t i) { return index_[i].millis / 1000.0; });
  AppendNumbers(body, "filepositions", index_.size(),
                [this](size_t i) { return static_cast<double>(index_[i].position); });
  amf0::EndObject(body);
}

// The filler is a value of its own behind the metadata: readers go on by the size of the tag.
void FileMeta::AppendTagOf(Buffer body, Buffer& out) const {
  const size_t filler = body_size_ - std::min(body_size_, body.size() + kFillerHeader);
  AppendU8(body, amf0::kLongStringMarker);
  AppendBe32(body, static_cast<uint32_t>(filler));
  body.resize(body_size_, ' ');
  AppendTag(out, kScriptTag, 0, body);
}

}  // namespace weir::flv
