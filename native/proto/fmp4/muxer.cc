#include "proto/fmp4/muxer.h"

#include <algorithm>
#include <cstdlib>

#include "media/opus.h"
#include "proto/fmp4/init.h"
#include "proto/fmp4/sample.h"

namespace weir::fmp4 {
namespace {

constexpr int64_t kVideoTicks = kVideoTimescale / 1000;  // in a millisecond
constexpr int64_t kMaxFrameTicks = 10 * int64_t{kVideoTimescale};
// Timestamps that stand still or repeat are repaired; what is further behind is a new clock.
constexpr int64_t kMaxRepair = 500 * kVideoTicks;
// srs-behaviour 7.8: between the counted and the sent time of audio, as part of a second.
constexpr int64_t kDriftsPerSecond = 10;
constexpr int64_t kSilence = 500;     // video waits no longer than this for its next frame
constexpr int64_t kTrackGone = 5000;  // a track without a frame for so long is not listed any more
constexpr int64_t kStandstill = kTrackGone / 2;
// Timestamps may stand still: what waits has an end all the same.
constexpr size_t kMaxSamples = 2000;
constexpr size_t kMaxBytes = 8 << 20;
constexpr size_t kMaxAudioFrame = 64 << 10;

bool IsVideoCodec(Codec codec) { return codec == Codec::kAvc || codec == Codec::kHevc || codec == Codec::kAv1; }
bool IsAudioCodec(Codec codec) { return codec == Codec::kAac || codec == Codec::kMp3 || codec == Codec::kOpus; }

}  // namespace

Written Muxer::Write(uint8_t type, ByteView payload, int64_t dts, Buffer& out) {
  const FrameInfo info = ClassifyFrame(type, payload);
  const bool is_video = info.kind == FrameKind::kVideo;
  if (!is_video && info.kind != FrameKind::kAudio) return {};
  if (info.is_broken) return {.reason = Reason::kCodedFrameMalformed};
  // Of several tracks the presentation has the default one, which is number 0.
  if (info.is_empty || info.is_sequence_end || info.is_metadata_packet || info.is_command || info.track != 0) return {};
  if (info.is_header) return SetConfig(info, out);

  Track& track = is_video ? video_ : audio_;
  FrameBody body;
  if (!ReadFrameBody(info, body) || body.data.empty()) return {.reason = Reason::kCodedFrameMalformed};
  if (track.refused == info.codec + 1) return {};
  if (!(is_video ? IsVideoCodec(body.codec) : IsAudioCodec(body.codec))) return {.reason = Refuse(track, info)};
  return is_video ? WriteVideo(body, info.is_key, dts, out) : WriteAudio(body, dts, out);
}

void Muxer::Forget() {
  for (Track* track : {&video_, &audio_}) {
    track->exists = false;
    track->refused = 0;
    track->record.clear();
  }
}

Written Muxer::SetConfig(const FrameInfo& info, Buffer& out) {
  FrameBody body;
  Track& track = info.kind == FrameKind::kVideo ? video_ : audio_;
  if (!ReadFrameBody(info, body)) return {.reason = Reason::kCodecConfigMalformed};
  if (body.codec == Codec::kMp3) return {};  // ffmpeg writes an empty one
  if (!IsVideoCodec(body.codec) && !IsAudioCodec(body.codec)) return {.reason = Refuse(track, info)};
  Buffer record(body.data.begin(), body.data.end());
  if (track.exists && track.config.codec == body.codec && track.record == record) return {};
  TrackConfig config;
  if (!ReadTrackConfig(body.codec, record, config)) return {.reason = Reason::kCodecConfigMalformed};
  track.record = std::move(record);
  track.refused = 0;
  track.newest = newest_;
  return Adopt(track, std::move(config), out);
}

// Frames that wait belong to the old configuration and are written before the new one holds.
Written Muxer::Adopt(Track& track, TrackConfig config, Buffer& out) {
  track.exists = true;
  if (track.config == config) return {};
  const bool has_frames = !(&track == &video_ ? fragment_.video : fragment_.audio).empty();
  const Written written = has_frames ? Close(out, kUnknown) : Written();
  track.config = std::move(config);
  track.is_listed = false;
  if (&track == &audio_) has_audio_clock_ = false;
  return written;
}

// The track leaves the presentation. Reported once, until the codec changes.
Reason Muxer::Refuse(Track& track, const FrameInfo& info) {
  const bool is_new = track.refused != info.codec + 1;
  track.exists = false;
  track.record.clear();
  track.refused = info.codec + 1;
  return is_new ? Reason::kCodecUnsupported : Reason::kNone;
}

Written Muxer::WriteVideo(const FrameBody& body, bool is_key, int64_t dts, Buffer& out) {
  if (!video_.exists || video_.config.codec != body.codec) return {.reason = Reason::kCodedFrameMalformed};
  const FrameFacts facts = Inspect(video_.config, body.data);
  if (facts.is_broken) return {.reason = Reason::kCodedFrameMalformed};
  if (!facts.has_picture) return {};
  is_key |= facts.is_random_access;
  int64_t ticks = dts * kVideoTicks;
  if (ticks <= last_video_ && last_video_ - ticks <= kMaxRepair) ticks = last_video_ + 1;

  NoticeClock(dts);
  video_.newest = dts;
  Written written;
  if (is_key || IsTooLong(true, dts + last_duration_ / kVideoTicks)) written = Close(out, ticks);
  if (fragment_.empty()) start_ = dts;
  Run& run = fragment_.video;
  if (run.empty()) {
    run.start = ticks;
    is_key_start_ = is_key;
  }
  EndSample(ticks);
  last_video_ = ticks;
  Sample sample{.composition_offset = static_cast<int32_t>(body.composition_time * kVideoTicks), .is_key = is_key};
  sample.size = static_cast<uint32_t>(AppendSample(run.data, video_.config, body.data));
  run.samples.push_back(sample);
  return written;
}

Written Muxer::WriteAudio(const FrameBody& body, int64_t dts, Buffer& out) {
  Written written;
  if (body.codec == Codec::kMp3) {
    TrackConfig config;
    if (!ReadMp3Config(body.data, config)) return {.reason = Reason::kCodedFrameMalformed};
    written = Adopt(audio_, std::move(config), out);
  }
  const TrackConfig& config = audio_.config;
  if (!audio_.exists || config.codec != body.codec) return {.reason = Reason::kCodedFrameMalformed};
  const uint32_t samples = config.frame_samples != 0 ? config.frame_samples : opus::PacketSamples(body.data);
  if (samples == 0 || body.data.size() > kMaxAudioFrame) return {.reason = Reason::kCodedFrameMalformed};

  NoticeClock(dts);
  audio_.newest = dts;
  const int64_t rate = config.timescale;
  const int64_t sent = dts * rate / 1000;
  const bool goes_on = has_audio_clock_ && std::abs(next_audio_ - sent) <= rate / kDriftsPerSecond;
  // A run has no gaps.
  const bool is_gap = !goes_on && !fragment_.audio.empty();
  if (!goes_on) next_audio_ = sent;
  has_audio_clock_ = true;
  if (is_gap || IsTooLong(false, dts + samples * 1000 / rate)) {
    const Written closed = Close(out, kUnknown);
    if (closed.has_fragment) written = closed;
  }
  if (fragment_.empty()) start_ = dts;
  Run& run = fragment_.audio;
  if (run.empty()) run.start = next_audio_;
  next_audio_ += samples;
  run.samples.push_back({.size = static_cast<uint32_t>(body.data.size()), .duration = samples});
  Append(run.data, body.data);
  return written;
}

// Whether the fragment must be closed before a frame that ends then.
bool Muxer::IsTooLong(bool is_video, int64_t end) const {
  if (fragment_.bytes() >= kMaxBytes || fragment_.video.samples.size() >= kMaxSamples ||
      fragment_.audio.samples.size() >= kMaxSamples)
    return true;
  // Video closes fragments, since only its next frame tells how long the last one was.
  const bool video_closes = !is_video && !fragment_.video.empty();
  return end - start_ > fragment_millis_ + (video_closes ? kSilence : 0);
}

// The newest picture is shown until the next one is decoded.
void Muxer::EndSample(int64_t next_video) {
  Run& run = fragment_.video;
  if (run.empty()) return;
  const int64_t duration = next_video == kUnknown ? 0 : next_video - last_video_;
  if (duration > 0 && duration <= kMaxFrameTicks) last_duration_ = static_cast<uint32_t>(duration);
  run.samples.back().duration = last_duration_;
}

Written Muxer::Close(Buffer& out, int64_t next_video) {
  if (fragment_.empty()) return {};
  EndSample(next_video);
  ListTracks();
  Written written{.has_fragment = true, .dts = start_, .init_version = init_version_};
  written.has_video = !fragment_.video.empty();
  written.is_joinable = written.has_video ? is_key_start_ : !video_.is_listed;
  int64_t duration = 0;
  for (const Sample& sample : (written.has_video ? fragment_.video : fragment_.audio).samples)
    duration += sample.duration;
  written.duration = duration * 1000 / (written.has_video ? kVideoTimescale : audio_.config.timescale);
  AppendFragment(out, fragment_, ++sequence_);
  fragment_.Clear();
  return written;
}

// The presentation has the tracks of this fragment, and those that may soon have frames again: MSE waits for a track
// that is announced and does not come.
void Muxer::ListTracks() {
  bool is_changed = false;
  for (Track* track : {&video_, &audio_}) {
    const bool has_frames = !(track == &video_ ? fragment_.video : fragment_.audio).empty();
    const bool is_present = has_frames || (track->exists && start_ - track->newest <= kTrackGone);
    is_changed |= is_present != track->is_listed;
    track->is_listed = is_present;
  }
  if (!is_changed) return;
  ++init_version_;
  init_.clear();
  AppendInit(init_, video_.is_listed ? &video_.config : nullptr, audio_.is_listed ? &audio_.config : nullptr);
  codecs_ = video_.is_listed ? video_.config.text : "";
  if (audio_.is_listed) codecs_ += (codecs_.empty() ? "" : ",") + audio_.config.text;
}

// The newest time; where it jumps, or everything stood still, no track is gone.
void Muxer::NoticeClock(int64_t now) {
  const bool is_jump = !has_clock_ || now < newest_ - kStandstill || now > newest_ + kStandstill;
  newest_ = is_jump ? now : std::max(newest_, now);
  has_clock_ = true;
  if (!is_jump) return;
  video_.newest = now;
  audio_.newest = now;
}

}  // namespace weir::fmp4
