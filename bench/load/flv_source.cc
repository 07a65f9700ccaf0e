#include "bench/load/flv_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "bench/load/stamp.h"
#include "media/frame.h"
#include "proto/flv/reader.h"
#include "proto/rtmp/message.h"

namespace weir::load {
namespace {

bool ReadFile(const std::string& path, Buffer& out, std::string& error) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    error = "cannot read " + path + ": " + std::strerror(errno);
    return false;
  }
  uint8_t block[64 * 1024];
  size_t size;
  while (out.size() <= FlvClip::kMaxFile && (size = std::fread(block, 1, sizeof block, file)) > 0) {
    Append(out, ByteView(block, size));
  }
  std::fclose(file);
  if (out.size() <= FlvClip::kMaxFile) return true;
  error = path + " is larger than 512 MB";
  return false;
}

bool IsFrame(const flv::Tag& tag) {
  FrameInfo info = ClassifyFrame(tag.type, tag.body);
  bool is_media = info.kind == FrameKind::kAudio || info.kind == FrameKind::kVideo;
  return is_media && !info.is_header && !info.is_sequence_end && !info.is_metadata_packet;
}

bool IsSequenceEnd(const flv::Tag& tag) { return ClassifyFrame(tag.type, tag.body).is_sequence_end; }

}  // namespace

bool FlvClip::Load(const std::string& path, std::string& error) {
  Buffer file;
  if (!ReadFile(path, file, error)) return false;
  flv::Reader reader;
  ByteView in = file;
  int64_t first = -1;
  for (;;) {
    auto step = reader.Next(in);
    // A file cut off in its last tag still plays.
    if (step == flv::Reader::Step::kMore) break;
    if (step == flv::Reader::Step::kBroken) {
      error = path + " is not FLV: " + ReasonName(reader.reason());
      return false;
    }
    const flv::Tag& tag = reader.tag();
    // An end of sequence in the middle of a loop would end the players' streams.
    if (IsSequenceEnd(tag)) continue;
    if (first < 0) first = tag.timestamp;
    tags_.push_back({.type = tag.type,
                     .time = std::max<Millis>(static_cast<Millis>(tag.timestamp) - first, 0),
                     .offset = bytes_.size(),
                     .size = tag.body.size(),
                     .is_frame = IsFrame(tag)});
    Append(bytes_, tag.body);
  }
  Measure();
  if (length_ > 0) return true;
  error = path + " has no audio or video";
  return false;
}

// A round ends one frame distance behind the last frame of the track that ends last.
void FlvClip::Measure() {
  for (uint8_t type : {rtmp::kTypeAudio, rtmp::kTypeVideo}) {
    Millis first = -1;
    Millis last = 0;
    int64_t frames = 0;
    for (const Tag& tag : tags_) {
      if (tag.type != type || !tag.is_frame) continue;
      if (first < 0) first = tag.time;
      last = std::max(last, tag.time);
      ++frames;
    }
    if (frames == 0) continue;
    Millis step = frames > 1 ? (last - first + (frames - 1) / 2) / (frames - 1) : 40;
    length_ = std::max(length_, last + std::max<Millis>(step, 1));
  }
}

bool FlvSource::IsRepeatedHeader(const FlvClip::Tag& tag) {
  if (tag.is_frame) return false;
  auto known = last_header_.find(tag.type);
  bool is_repeated = known != last_header_.end() &&
                     std::ranges::equal(clip_.payload(tag), ByteView(clip_.payload(clip_.tags()[known->second])));
  if (!is_repeated) last_header_[tag.type] = at_;
  return is_repeated;
}

void FlvSource::Advance() {
  if (++at_ < clip_.tags().size()) return;
  at_ = 0;
  round_start_ += clip_.length();
}

MediaMessage FlvSource::Next(Micros now) {
  while (IsRepeatedHeader(clip_.tags()[at_])) Advance();
  const FlvClip::Tag& tag = clip_.tags()[at_];
  MediaMessage message{.type = tag.type, .time = next_time(), .payload = clip_.payload(tag), .is_frame = tag.is_frame};
  bool is_video_frame = tag.is_frame && tag.type == rtmp::kTypeVideo;
  if (stamps_ && is_video_frame && IsStampable(message.payload)) {
    StampVideo(message.payload, video_frames_++, now, message_);
    message.payload = message_;
    message.is_stamped = true;
  }
  Advance();
  return message;
}

}  // namespace weir::load
