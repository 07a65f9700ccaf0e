#include "live/stream_writer.h"

#include <algorithm>
#include <cstring>

#include "media/amf0.h"
#include "media/metadata.h"
#include "proto/rtmp/chunk_writer.h"

namespace weir {
namespace {

constexpr uint32_t kTrackCsid[kTracks] = {rtmp::kCsidLogVideo, rtmp::kCsidLogAudio, rtmp::kCsidLogData};
// Design 2.2: what a delta in the log may be; an idle track gets an anchor long before.
constexpr int64_t kMaxDelta = 10'000;
constexpr int64_t kIdleAtKey = 100;  // a reader that joins there starts its clock no further than this from 0
constexpr int64_t kIdle = 5'000;
// A track that is so little behind the rebase that another one made gets delta 0 instead of a rebase of its own.
constexpr int64_t kSlack = 1'000;
// So many audio frames without video (3 s): the stream is audio only by now, the old GOP is no place to join (SRS's number).
constexpr int kPureAudioGuess = 115;
constexpr size_t kKeptSnapshots = 64;
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
  timeline_.Begin(ModeOf(grant));
  log_.set_memory_limit(grant.log_memory);
  headers_.chunk_size = grant.chunk_size;
  headers_.is_absolute = grant.atc;
  may_be_absolute_ = grant.atc_auto;
  headers_.metadata.clear();
  ++headers_.metadata_version;
  headers_.configs.clear();
  for (bool& active : headers_.active) active = false;
  headers_changed_ = true;
  wants_rebase_ = true;
  audio_since_video_ = 0;
  for (auto* value : {&video_codec, &audio_codec, &width, &height}) value->store(0, std::memory_order_relaxed);
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
    log_.ForgetKey();
  }
  int64_t dts = timeline_.Correct(track, message.timestamp, now);
  if (!Append(track, message.type, message.payload, info.is_key, dts)) {
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
  return Append(kDataTrack, message.type, data.body, false, timeline_.newest());
}

// Only a real change is a change: some encoders repeat their headers with every key frame.
void StreamWriter::KeepConfig(Track track, const FrameInfo& info, ByteView payload) {
  Buffer bytes_of(payload.begin(), payload.end());
  // OBS sends colour metadata with frame type 0, which ffmpeg takes for a frame; frame type 5 it knows (wire-facts 1.12).
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
    timeline_.Begin(Timeline::Mode::kOff);
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

bool StreamWriter::Append(Track track, uint8_t type, ByteView payload, bool is_key, int64_t dts) {
  int64_t delta = dts - previous_[track];
  bool rebase = wants_rebase_ || headers_changed_ || !headers_.active[track] || delta > kMaxDelta || delta < -kSlack;
  if (rebase) {
    headers_.active[track] = true;
    for (int64_t& previous : previous_) previous = dts;
    Publish(log_.tail());
  } else {
    dts = std::max(dts, previous_[track]);
    AnchorIdleTracks(is_key, dts);
  }
  Entry entry;
  entry.dts = dts;
  entry.flags = static_cast<uint16_t>(track | (is_key ? Entry::kKey : 0) | (rebase ? Entry::kRebase : 0));
  if (!AppendEntry(track, type, payload, entry)) {
    wants_rebase_ = true;  // the deltas that follow would be wrong
    return false;
  }
  wants_rebase_ = false;
  return true;
}

bool StreamWriter::AppendEntry(Track track, uint8_t type, ByteView payload, Entry entry) {
  uint8_t header[rtmp::kLogHeaderSize];
  uint8_t continuation = rtmp::LogContinuation(kTrackCsid[track]);
  rtmp::LogHeader fields{type, kTrackCsid[track], static_cast<uint32_t>(entry.dts - previous_[track]),
                         static_cast<uint32_t>(payload.size())};
  rtmp::WriteLogHeader(header, fields);
  for (int t = 0; t < kTracks; ++t) entry.back[t] = static_cast<int32_t>(entry.dts - previous_[t]);
  parts_.clear();
  parts_.push_back({header, sizeof header});
  size_t size = rtmp::LogEntrySize(payload.size(), headers_.chunk_size);
  for (ByteView rest = payload; !rest.empty();) {
    ByteView piece = rest.first(std::min<size_t>(rest.size(), headers_.chunk_size));
    if (rest.size() != payload.size()) parts_.push_back({&continuation, 1});
    parts_.push_back({const_cast<uint8_t*>(piece.data()), piece.size()});
    rest = rest.subspan(piece.size());
  }
  if (!log_.Append(parts_, size, entry)) return false;
  previous_[track] = entry.dts;
  return true;
}

// A delta in the log must stay small, whatever a track does: one that is idle gets a message that means nothing.
void StreamWriter::AnchorIdleTracks(bool at_key, int64_t dts) {
  for (int t = 0; t < kTracks; ++t) {
    if (!headers_.active[t] || dts - previous_[t] <= (at_key ? kIdleAtKey : kIdle)) continue;
    Entry anchor;
    anchor.dts = dts;
    anchor.flags = static_cast<uint16_t>(t | Entry::kControl);
    Track track = static_cast<Track>(t);
    bool appended;
    if (track == kDataTrack) {
      // An empty data message ends ffmpeg; this one is read by nobody and known to all.
      scratch_.clear();
      amf0::AppendString(scratch_, "|RtmpSampleAccess");
      amf0::AppendBoolean(scratch_, true);
      amf0::AppendBoolean(scratch_, true);
      appended = AppendEntry(track, rtmp::kTypeData, scratch_, anchor);
    } else {
      appended = AppendEntry(track, track == kVideoTrack ? rtmp::kTypeVideo : rtmp::kTypeAudio, {}, anchor);
    }
    if (!appended) return;
  }
}

// The headers as they are hold from the entry on that will lie at `offset`.
void StreamWriter::Publish(uint64_t offset) {
  headers_changed_ = false;
  ++headers_.version;
  auto snapshot = std::make_shared<const StreamHeaders>(headers_);
  std::lock_guard lock(mutex_);
  if (!snapshots_.empty() && snapshots_.back().offset == offset) snapshots_.pop_back();
  snapshots_.push_back({offset, std::move(snapshot)});
  if (snapshots_.size() > kKeptSnapshots) snapshots_.pop_front();
}

std::shared_ptr<const StreamHeaders> StreamWriter::HeadersAt(uint64_t offset) const {
  std::lock_guard lock(mutex_);
  for (auto snapshot = snapshots_.rbegin(); snapshot != snapshots_.rend(); ++snapshot) {
    if (snapshot->offset <= offset) return snapshot->headers;
  }
  return snapshots_.empty() ? nullptr : snapshots_.front().headers;
}

}  // namespace weir
