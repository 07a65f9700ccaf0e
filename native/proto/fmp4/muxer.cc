#include "proto/fmp4/muxer.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

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
  const ContainerFrame frame = Read(type, payload, dts);
  return frame.kind == FrameKind::kOther ? Written{.reason = frame.reason} : WriteFrame(out);
}

ContainerFrame Muxer::Read(uint8_t type, ByteView payload, int64_t dts) {
  frame_ = {};
  wants_cut_ = false;
  const FrameInfo info = ClassifyFrame(type, payload);
  const bool is_video = info.kind == FrameKind::kVideo;
  if (!is_video && info.kind != FrameKind::kAudio) return {};
  if (info.is_broken) return {.reason = Reason::kCodedFrameMalformed};
  // Of several tracks the presentation has the default one, which is number 0.
  if (info.is_empty || info.is_sequence_end || info.is_metadata_packet || info.is_command || info.track != 0) return {};
  if (info.is_header) return {.reason = SetConfig(info)};

  Track& track = is_video ? video_ : audio_;
  if (!ReadFrameBody(info, body_) || body_.data.empty()) return {.reason = Reason::kCodedFrameMalformed};
  if (track.refused == info.codec + 1) return {};
  if (!(is_video ? IsVideoCodec(body_.codec) : IsAudioCodec(body_.codec))) return {.reason = Refuse(track, info)};
  frame_ = is_video ? ReadVideo(info.is_key) : ReadAudio();
  if (frame_.kind == FrameKind::kOther) return frame_;
  dts_ = dts;
  NoticeClock(dts);
  track.newest = dts;
  // Where both tracks change, a key frame is the place to begin anew for both.
  const bool is_sound_new = frame_.is_key && audio_.is_new_setup;
  frame_.is_new_setup = std::exchange(track.is_new_setup, false) || is_sound_new;
  frame_.is_new_init = NeedsNewInit();
  return frame_;
}

Written Muxer::WriteFrame(Buffer& out) { return frame_.kind == FrameKind::kVideo ? WriteVideo(out) : WriteAudio(out); }

void Muxer::Forget() {
  for (Track* track : {&video_, &audio_}) {
    track->exists = false;
    track->refused = 0;
    track->record.clear();
  }
}

Reason Muxer::SetConfig(const FrameInfo& info) {
  FrameBody body;
  Track& track = info.kind == FrameKind::kVideo ? video_ : audio_;
  if (!ReadFrameBody(info, body)) return Reason::kCodecConfigMalformed;
  if (body.codec == Codec::kMp3) return Reason::kNone;  // ffmpeg writes an empty one
  if (!IsVideoCodec(body.codec) && !IsAudioCodec(body.codec)) return Refuse(track, info);
  Buffer record(body.data.begin(), body.data.end());
  if (track.exists && track.incoming().codec == body.codec && track.record == record) return Reason::kNone;
  TrackConfig config;
  if (!ReadTrackConfig(body.codec, record, config)) return Reason::kCodecConfigMalformed;
  track.record = std::move(record);
  track.refused = 0;
  track.newest = newest_;
  Offer(track, std::move(config));
  return Reason::kNone;
}

// A configuration holds from its track's next frame on: what waits, and what was written, belongs to the old one.
void Muxer::Offer(Track& track, TrackConfig config) {
  track.exists = true;
  if (track.incoming() == config) return;
  track.is_new_setup = track.config.codec != Codec::kOther;
  track.next = std::move(config);
  if (!track.is_listed && RunOf(track).empty()) Adopt(track);
}

void Muxer::Adopt(Track& track) {
  if (!track.next) return;
  if (!(track.config == *track.next)) {
    track.config = std::move(*track.next);
    track.is_listed = false;
    if (&track == &audio_) has_audio_clock_ = false;
  }
  track.next.reset();
}

// The track leaves the presentation. Reported once, until the codec changes.
Reason Muxer::Refuse(Track& track, const FrameInfo& info) {
  const bool is_new = track.refused != info.codec + 1;
  track.exists = false;
  track.record.clear();
  track.refused = info.codec + 1;
  return is_new ? Reason::kCodecUnsupported : Reason::kNone;
}

ContainerFrame Muxer::ReadVideo(bool is_key) const {
  const TrackConfig& config = video_.incoming();
  if (!video_.exists || config.codec != body_.codec) return {.reason = Reason::kCodedFrameMalformed};
  const FrameFacts facts = Inspect(config, body_.data);
  if (facts.is_broken) return {.reason = Reason::kCodedFrameMalformed};
  if (!facts.has_picture) return {};
  return {.kind = FrameKind::kVideo, .is_key = is_key || facts.is_random_access};
}

ContainerFrame Muxer::ReadAudio() {
  if (body_.codec == Codec::kMp3) {
    TrackConfig config;
    if (!ReadMp3Config(body_.data, config)) return {.reason = Reason::kCodedFrameMalformed};
    Offer(audio_, std::move(config));
  }
  const TrackConfig& config = audio_.incoming();
  if (!audio_.exists || config.codec != body_.codec) return {.reason = Reason::kCodedFrameMalformed};
  samples_ = config.frame_samples != 0 ? config.frame_samples : opus::PacketSamples(body_.data);
  if (samples_ == 0 || body_.data.size() > kMaxAudioFrame) return {.reason = Reason::kCodedFrameMalformed};
  return {.kind = FrameKind::kAudio};
}

// A track is there that has frames, and one that may soon have some again: MSE waits for a track that is announced and
// does not come.
bool Muxer::IsPresent(const Track& track) const {
  return &track == &TrackOfFrame() || !RunOf(track).empty() || (track.exists && newest_ - track.newest <= kTrackGone);
}

bool Muxer::NeedsNewInit() const {
  if (init_version_ == 0) return false;
  return TrackOfFrame().next || IsPresent(video_) != video_.is_listed || IsPresent(audio_) != audio_.is_listed;
}

Written Muxer::WriteVideo(Buffer& out) {
  int64_t ticks = dts_ * kVideoTicks;
  if (ticks <= last_video_ && last_video_ - ticks <= kMaxRepair) ticks = last_video_ + 1;
  const bool closes = frame_.is_key || video_.next || IsTooLong(true, dts_ + last_duration_ / kVideoTicks);
  const Written written = Begin(closes, ticks, out);
  Run& run = fragment_.video;
  if (run.empty()) {
    run.start = ticks;
    is_key_start_ = frame_.is_key;
  }
  EndSample(ticks);
  last_video_ = ticks;
  Sample sample{.composition_offset = static_cast<int32_t>(body_.composition_time * kVideoTicks),
                .is_key = frame_.is_key};
  sample.size = static_cast<uint32_t>(AppendSample(run.data, video_.config, body_.data));
  run.samples.push_back(sample);
  return written;
}

Written Muxer::WriteAudio(Buffer& out) {
  const int64_t rate = audio_.incoming().timescale;
  const int64_t sent = dts_ * rate / 1000;
  const bool goes_on = has_audio_clock_ && !audio_.next && std::abs(next_audio_ - sent) <= rate / kDriftsPerSecond;
  // A run has no gaps.
  const bool is_gap = !goes_on && !fragment_.audio.empty();
  const Written written = Begin(is_gap || IsTooLong(false, dts_ + samples_ * 1000 / rate), kUnknown, out);
  if (!goes_on) next_audio_ = sent;
  has_audio_clock_ = true;
  Run& run = fragment_.audio;
  if (run.empty()) run.start = next_audio_;
  next_audio_ += samples_;
  run.samples.push_back({.size = static_cast<uint32_t>(body_.data.size()), .duration = samples_});
  Append(run.data, body_.data);
  return written;
}

// Closes the fragment that waits, if it ends before the frame that was read. Behind a cut there may be another init
// segment; elsewhere what waits gets the new one too, as for MP3, which has no sequence header, in the first fragment.
Written Muxer::Begin(bool closes, int64_t next_video, Buffer& out) {
  const bool is_cut = std::exchange(wants_cut_, false);
  if (!is_cut) ListFrame();
  Written written;
  if (closes || is_cut) written = Close(out, next_video);
  ListFrame();
  if (fragment_.empty()) start_ = dts_;
  return written;
}

// From here on the init segment to be made is that of the frame that was read.
void Muxer::ListFrame() {
  Track& track = frame_.kind == FrameKind::kVideo ? video_ : audio_;
  if (RunOf(track).empty()) Adopt(track);
  video_.is_wanted = IsPresent(video_);
  audio_.is_wanted = IsPresent(audio_);
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
  const int64_t duration = next_video == kUnknown ? 0 : next_video - last_video_;
  if (duration > 0 && duration <= kMaxFrameTicks) last_duration_ = static_cast<uint32_t>(duration);
  if (!fragment_.video.empty()) fragment_.video.samples.back().duration = last_duration_;
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

void Muxer::ListTracks() {
  bool is_changed = false;
  for (Track* track : {&video_, &audio_}) {
    is_changed |= track->is_wanted != track->is_listed;
    track->is_listed = track->is_wanted;
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
