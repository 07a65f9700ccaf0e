#include "live/stream_writer.h"

#include <algorithm>

#include "media/metadata.h"

namespace weir {
namespace {

// So many audio frames without video (3 s): the stream is audio only by now, the old GOP is no place to join (SRS's
// number).
constexpr int kPureAudioGuess = 115;
// Messages that configure decoders, all tracks together; more is an attack on every player that joins.
constexpr size_t kMaxConfigs = 32;
constexpr size_t kMaxConfigBytes = 64 << 10;

Timeline::Mode ModeOf(const PublishGrant& grant) {
  if (grant.atc || grant.time_jitter == TimeJitter::kOff) return Timeline::Mode::kOff;
  return grant.time_jitter == TimeJitter::kZero ? Timeline::Mode::kZero : Timeline::Mode::kFull;
}

bool SameBytes(ByteView a, ByteView b) { return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin()); }

}  // namespace

void StreamWriter::Begin(const PublishGrant& grant) {
  mode_ = ModeOf(grant);
  timeline_.Begin(mode_);
  for (FormatLog* log : logs_) log->BeginPublish(grant);
  headers_.chunk_size = grant.chunk_size;
  headers_.is_absolute = grant.atc;
  may_be_absolute_ = grant.atc_auto;
  headers_.metadata.clear();
  ++headers_.metadata_version;
  headers_.configs.clear();
  for (bool& active : headers_.active) active = false;
  headers_changed_ = true;
  audio_since_video_ = 0;
  for (auto* value : {&video_codec, &audio_codec, &width, &height}) value->store(0, std::memory_order_relaxed);
  codecs.Clear();
}

void StreamWriter::Regrant(const PublishGrant& grant) {
  Timeline::Mode mode = ModeOf(grant);
  if (mode != mode_) timeline_.Begin(mode);
  mode_ = mode;
  for (FormatLog* log : logs_) log->Regrant(grant);
  headers_changed_ = headers_changed_ || headers_.chunk_size != grant.chunk_size || headers_.is_absolute != grant.atc;
  headers_.chunk_size = grant.chunk_size;
  headers_.is_absolute = grant.atc;
  may_be_absolute_ = grant.atc_auto;
}

void StreamWriter::End() {
  for (FormatLog* log : logs_) log->EndPublish();
}

bool StreamWriter::Write(const rtmp::Message& message, Millis now) {
  bytes.Add(message.payload.size());
  if (message.type == rtmp::kTypeData) return WriteData(message);
  return WriteFrame(message, now);
}

bool StreamWriter::WriteFrame(const rtmp::Message& message, Millis now) {
  FrameInfo info = ClassifyFrame(message.type, message.payload);
  if (info.is_broken) drops.Add(1);
  if (info.is_broken || info.is_empty || info.is_sequence_end) return false;
  bool is_video = info.kind == FrameKind::kVideo;
  Track track = is_video ? kVideoTrack : kAudioTrack;
  (is_video ? video_codec : audio_codec).store(info.codec, std::memory_order_relaxed);
  if (info.is_header || info.is_metadata_packet) {
    KeepConfig(track, info, message.payload);
    return false;
  }
  if (is_video) {
    audio_since_video_ = 0;
  } else if (++audio_since_video_ == kPureAudioGuess) {
    for (FormatLog* log : logs_) log->log().ForgetKey();
  }
  int64_t dts = timeline_.Correct(track, message.timestamp, now);
  if (!WriteToLogs({track, message.type, message.payload, info.is_key, dts})) {
    drops.Add(1);
    return false;
  }
  (is_video ? video_frames : audio_frames).Add(1);
  return true;
}

bool StreamWriter::WriteData(const rtmp::Message& message) {
  DataMessage data = ClassifyData(message.payload);
  if (data.kind == DataKind::kMetadata) KeepMetadata(message.payload);
  if (data.kind != DataKind::kOther) return false;
  return WriteToLogs({kDataTrack, message.type, data.body, false, timeline_.newest()});
}

// Only a real change is a change: some encoders repeat their headers with every key frame.
void StreamWriter::KeepConfig(Track track, const FrameInfo& info, ByteView payload) {
  Buffer bytes_of(payload.begin(), payload.end());
  // OBS sends colour metadata with frame type 0, which ffmpeg takes for a frame; frame type 5 it knows
  // (wire-facts 1.12).
  if (track == kVideoTrack && info.is_metadata_packet) bytes_of[0] = (bytes_of[0] & 0x8F) | 0x50;
  auto& configs = headers_.configs;
  auto same = std::find_if(configs.begin(), configs.end(), [&](const StreamHeaders::Config& config) {
    return config.track == track && config.sub_track == info.track && config.is_metadata == info.is_metadata_packet;
  });
  if (same != configs.end() && SameBytes(same->payload, bytes_of)) return;
  size_t total = bytes_of.size();
  for (const auto& config : configs) total += config.payload.size();
  if (total > kMaxConfigBytes || (same == configs.end() && configs.size() >= kMaxConfigs)) {
    drops.Add(1);
    return;
  }
  if (same != configs.end()) {
    same->payload = std::move(bytes_of);
  } else {
    configs.push_back({track, info.track, info.is_metadata_packet, std::move(bytes_of)});
  }
  headers_.active[track] = true;
  headers_changed_ = true;
  if (!info.is_metadata_packet && info.track == 0) codecs.Take(info);
}

void StreamWriter::KeepMetadata(ByteView payload) {
  MetadataFacts facts;
  scratch_.clear();
  if (RewriteMetadata(payload, server_, scratch_, facts) != Reason::kNone) {
    drops.Add(1);
    return;
  }
  width.store(static_cast<uint32_t>(std::clamp(facts.width, 0.0, 65535.0)), std::memory_order_relaxed);
  height.store(static_cast<uint32_t>(std::clamp(facts.height, 0.0, 65535.0)), std::memory_order_relaxed);
  if (facts.bravo_atc && may_be_absolute_ && !headers_.is_absolute) {
    headers_.is_absolute = true;
    mode_ = Timeline::Mode::kOff;
    timeline_.Begin(mode_);
    headers_changed_ = true;
  }
  if (SameBytes(headers_.metadata, scratch_)) return;
  headers_.metadata = scratch_;
  ++headers_.metadata_version;
  // Tracks that have no sequence header (MP3, VP6) are announced here or not at all.
  if (facts.video_codec != 0) headers_.active[kVideoTrack] = true;
  if (facts.audio_codec != 0) headers_.active[kAudioTrack] = true;
  headers_changed_ = true;
}

bool StreamWriter::WriteToLogs(const MediaFrame& frame) {
  if (!headers_.active[frame.track]) {
    headers_.active[frame.track] = true;
    headers_changed_ = true;
  }
  if (headers_changed_) ++headers_.version;
  bool written = true;
  for (FormatLog* log : logs_) written = log->Write(frame, headers_, headers_changed_) && written;
  headers_changed_ = false;
  return written;
}

}  // namespace weir
