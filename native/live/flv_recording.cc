#include "live/flv_recording.h"

#include <algorithm>
#include <cerrno>

#include "media/flv_tag.h"
#include "media/frame.h"
#include "proto/flv/encoder.h"

namespace weir {
namespace {

// An index of key frames a second apart; of a session of unknown length the first half hour has all of them.
constexpr Millis kIndexStep = 1'000;
constexpr size_t kIndexSlack = 16;
constexpr size_t kIndexUnknown = 1'800;
constexpr size_t kIndexMost = 20'000;
// So much of a tag tells whether it is a key frame.
constexpr size_t kLook = 16;

bool SameConfig(const StreamHeaders::Config& a, const StreamHeaders::Config& b) {
  return a.track == b.track && a.sub_track == b.sub_track && a.is_metadata == b.is_metadata && a.payload == b.payload;
}

}  // namespace

void FlvRecording::Begin(const StreamHeaders& headers, Buffer& out) {
  const size_t wanted = static_cast<size_t>(expected_ / kIndexStep) + kIndexSlack;
  meta_.Begin(headers.metadata, expected_ == 0 ? kIndexUnknown : std::min(wanted, kIndexMost));
  metadata_version_ = headers.metadata_version;
  const size_t before = out.size();
  flv::AppendFileStart(out, {headers.active[kAudioTrack], headers.active[kVideoTrack]});
  meta_.AppendOpen(out);
  position_ = out.size() - before;
  AppendConfigs(headers, 0, out);
}

void FlvRecording::Change(const StreamHeaders& headers, int64_t now, Buffer& out) {
  if (metadata_version_ != headers.metadata_version && !headers.metadata.empty()) {
    AppendTag(flv::kScriptTag, now, headers.metadata, out);
  }
  metadata_version_ = headers.metadata_version;
  AppendConfigs(headers, now, out);
}

void FlvRecording::AppendConfigs(const StreamHeaders& headers, int64_t now, Buffer& out) {
  for (const auto& config : headers.configs) {
    const bool has_it =
        std::any_of(written_.begin(), written_.end(), [&](const auto& written) { return SameConfig(written, config); });
    if (!has_it) {
      AppendTag(config.track == kVideoTrack ? flv::kVideoTag : flv::kAudioTag, now, config.payload, out);
    }
  }
  written_ = headers.configs;
}

void FlvRecording::Write(const MediaFrame& frame, Buffer& out) {
  if (frame.is_key && frame.track == kVideoTrack) meta_.NoteKeyFrame(static_cast<uint32_t>(frame.dts), position_);
  AppendTag(frame.type, frame.dts, frame.payload, out);
}

void FlvRecording::AppendTag(uint8_t type, int64_t now, ByteView payload, Buffer& out) {
  if (payload.size() > flv::kMaxBody) return;
  has_video_ |= type == flv::kVideoTag;
  has_audio_ |= type == flv::kAudioTag;
  flv::AppendTag(out, type, static_cast<uint32_t>(now), payload);
  position_ += flv::TagEntrySize(static_cast<uint32_t>(payload.size()));
}

int FlvRecording::Finish(RecordFile& file, int64_t duration) {
  meta_.Cut(file.size());
  Buffer start;
  flv::AppendFileStart(start, {has_audio_, has_video_});
  meta_.AppendFinished(static_cast<uint32_t>(duration), file.size(), start);
  return file.WriteAt(0, start);
}

int FlvRecording::Resume(RecordFile& file, int64_t& newest) {
  uint8_t start[flv::kFileStartSize + flv::kTagHeaderSize];
  flv::FileHeader header;
  if (file.size() < sizeof start) return EINVAL;
  if (int error = file.ReadAt(0, start, sizeof start)) return error;
  const flv::TagHeader first = flv::ReadTagHeader(start + flv::kFileStartSize);
  if (!flv::ReadFileHeader(start, header) || header.size != flv::kFileHeaderSize || first.type != flv::kScriptTag) {
    return EINVAL;
  }
  if (file.size() < flv::kFileStartSize + flv::TagEntrySize(first.size)) return EINVAL;
  Buffer body(first.size);
  if (int error = file.ReadAt(sizeof start, body.data(), body.size())) return error;
  if (!meta_.Resume(body)) return EINVAL;
  position_ = flv::kFileStartSize + meta_.size();
  return Scan(file, newest);
}

// Over all whole tags; what follows them is cut off.
int FlvRecording::Scan(RecordFile& file, int64_t& newest) {
  uint8_t look[flv::kTagHeaderSize + kLook];
  newest = 0;
  while (position_ + flv::kTagHeaderSize + flv::kBackPointerSize <= file.size()) {
    const size_t seen = static_cast<size_t>(std::min<uint64_t>(sizeof look, file.size() - position_));
    if (int error = file.ReadAt(position_, look, seen)) return error;
    const flv::TagHeader tag = flv::ReadTagHeader(look);
    const uint64_t end = position_ + flv::TagEntrySize(tag.size);
    const bool is_known = tag.type == flv::kVideoTag || tag.type == flv::kAudioTag || tag.type == flv::kScriptTag;
    if (!is_known || end > file.size()) break;
    uint8_t back[flv::kBackPointerSize];
    if (int error = file.ReadAt(end - sizeof back, back, sizeof back)) return error;
    if (LoadBe32(back) != tag.size + flv::kTagHeaderSize) break;
    has_video_ |= tag.type == flv::kVideoTag;
    has_audio_ |= tag.type == flv::kAudioTag;
    const size_t payload = std::min<size_t>({tag.size, kLook, seen - flv::kTagHeaderSize});
    const FrameInfo info = ClassifyFrame(tag.type, {look + flv::kTagHeaderSize, payload});
    if (tag.type == flv::kVideoTag && info.is_key && !info.is_header && !info.is_broken) {
      meta_.NoteKeyFrame(tag.timestamp, position_);
    }
    newest = std::max<int64_t>(newest, tag.timestamp);
    position_ = end;
  }
  return position_ == file.size() ? 0 : file.Truncate(position_);
}

}  // namespace weir
