#include "proto/ts/muxer.h"

#include <algorithm>
#include <utility>

#include "media/frame_body.h"

namespace weir::ts {
namespace {

// PCR is written this much above the stream's time and DTS as much above PCR (ffmpeg's delay, wire-facts 5.1), so that
// neither goes below 0 when a time is corrected backwards, and a player has 700 ms to receive a frame.
constexpr Ticks kDelay = 63000;
// H.222.0 2.7.2: PCR at most 100 ms apart. Below a pause: then nobody waits for a clock.
constexpr Ticks kMaxPcrGap = 100 * kTicksPerMilli;
constexpr Ticks kPcrStep = 90 * kTicksPerMilli;
constexpr Ticks kPause = kTicksPerSecond;
// While video is silent for so long, audio drives its clock.
constexpr Ticks kVideoSilent = 500 * kTicksPerMilli;
// A step that is no delay but another clock (design 2.2: the same as in the rtmp log).
constexpr Ticks kClockBack = 500 * kTicksPerMilli;
constexpr Ticks kClockAhead = 10 * kTicksPerSecond;
// A track without a frame for so long is not listed any more; unless the whole stream stood still.
constexpr Ticks kTrackGone = 5 * kTicksPerSecond;
constexpr Ticks kStandstill = kTrackGone / 2;
constexpr Ticks kAudioTables = kTicksPerSecond;
// Audio stopped in the middle of a PES: what waits goes out with the video.
constexpr Ticks kAudioStale = 200 * kTicksPerMilli;

}  // namespace

Written Muxer::Write(uint8_t type, ByteView payload, int64_t dts, Buffer& out) {
  const ContainerFrame frame = Read(type, payload);
  return frame.kind == FrameKind::kOther ? Written{.reason = frame.reason} : WriteFrame(dts, out);
}

ContainerFrame Muxer::Read(uint8_t type, ByteView payload) {
  frame_ = {};
  const FrameInfo info = ClassifyFrame(type, payload);
  const bool is_video = info.kind == FrameKind::kVideo;
  if (!is_video && info.kind != FrameKind::kAudio) return {};
  if (info.is_broken) return {.reason = Reason::kCodedFrameMalformed};
  // Of several tracks the program has the default one, which is number 0.
  if (info.is_empty || info.is_sequence_end || info.is_metadata_packet || info.is_command || info.track != 0) return {};
  if (info.is_header) return {.reason = SetConfig(info)};

  Track& track = is_video ? video_track_ : audio_track_;
  if (!ReadFrameBody(info, body_)) return {.reason = Reason::kCodedFrameMalformed};
  if (track.refused == info.codec + 1) return {};
  if (is_video && body_.codec != Codec::kAvc && body_.codec != Codec::kHevc)
    return {.reason = Refuse(track, info, Reason::kCodecUnsupported)};
  if (!is_video && body_.codec == Codec::kOther) return {.reason = Refuse(track, info, Reason::kCodecUnsupported)};
  frame_ = is_video ? ReadVideo(info) : ReadAudio();
  return frame_;
}

Written Muxer::WriteFrame(int64_t dts, Buffer& out) {
  return frame_.kind == FrameKind::kVideo ? WriteVideo(dts, out) : WriteAudio(dts, out);
}

Written Muxer::Flush(Buffer& out) {
  if (audio_.empty()) return {};
  return AppendAudio(out);
}

void Muxer::Forget() {
  video_format_.Reset();
  audio_format_.Reset();
  video_track_ = Track();
  audio_track_ = Track();
}

Reason Muxer::SetConfig(const FrameInfo& info) {
  FrameBody body;
  const bool is_video = info.kind == FrameKind::kVideo;
  Track& track = is_video ? video_track_ : audio_track_;
  if (!ReadFrameBody(info, body)) return Reason::kCodecConfigMalformed;
  const Buffer config(body.data.begin(), body.data.end());
  Setup& setup = is_video ? video_setup_ : audio_setup_;
  // After MP3, which has none, the same configuration is a new one.
  const bool is_last = track.codec == body.codec && setup.codec == body.codec;
  if (is_last && !config.empty() && track.config == config) return Reason::kNone;
  Reason reason = Reason::kCodecUnsupported;
  if (body.codec == Codec::kAvc || body.codec == Codec::kHevc) {
    const bool is_read = video_format_.SetConfig(body.codec, body.data);
    reason = is_read ? Reason::kNone : Reason::kCodecConfigMalformed;
  } else if (body.codec == Codec::kAac || body.codec == Codec::kOpus) {
    reason = audio_format_.SetConfig(body.codec, body.data);
  } else if (body.codec == Codec::kMp3) {
    return Reason::kNone;  // ffmpeg writes an empty one
  }
  if (reason == Reason::kCodecUnsupported) return Refuse(track, info, reason);
  if (reason != Reason::kNone) return reason;
  track.exists = true;
  track.newest = newest_;
  track.refused = 0;
  track.codec = body.codec;
  track.config = config;
  setup.Set(body.codec, config);
  if (!is_video) audio_kind_ = audio_format_.kind();
  return Reason::kNone;
}

// The track leaves the program. Reported once, until the codec changes.
Reason Muxer::Refuse(Track& track, const FrameInfo& info, Reason reason) {
  const bool is_new = track.refused != info.codec + 1;
  track = Track();
  track.refused = info.codec + 1;
  return is_new ? reason : Reason::kNone;
}

void Muxer::Setup::Set(Codec codec_of, ByteView bytes_of) {
  const bool is_same = codec == codec_of && std::equal(bytes.begin(), bytes.end(), bytes_of.begin(), bytes_of.end());
  if (is_same) return;
  is_new = codec != Codec::kOther;  // else it is the first one
  codec = codec_of;
  bytes.assign(bytes_of.begin(), bytes_of.end());
}

ContainerFrame Muxer::ReadVideo(const FrameInfo& info) {
  if (body_.codec != video_format_.codec()) return {.reason = Reason::kCodedFrameMalformed};
  const AnnexB::Step step = video_format_.Read(body_.data, info.is_key, unit_);
  if (step == AnnexB::Step::kBroken) return {.reason = Reason::kCodedFrameMalformed};
  if (step == AnnexB::Step::kNothing) return {};
  const bool is_key = unit_.is_random_access;
  // Where both tracks change, a key frame is the place to begin anew for both.
  const bool is_sound_new = is_key && audio_setup_.is_new;
  const bool is_new = std::exchange(video_setup_.is_new, false) || unit_.is_new_picture_size || is_sound_new;
  const StreamType listed = tables_.program().video;
  const bool is_other = listed != kNoStream && listed != NewestVideoType();
  return {.kind = FrameKind::kVideo, .is_key = is_key, .is_new_setup = is_new, .is_new_init = is_other};
}

ContainerFrame Muxer::ReadAudio() {
  const Reason reason = audio_format_.Read(body_.codec, body_.data, audio_frame_);
  if (reason != Reason::kNone) return {.reason = reason};
  if (body_.codec == Codec::kMp3) {  // it has no sequence header
    uint8_t rate[4];
    StoreBe32(rate, audio_frame_.sample_rate);
    audio_setup_.Set(Codec::kMp3, rate);
  } else if (audio_setup_.codec != body_.codec) {  // it came back without its sequence header
    audio_setup_.Set(body_.codec, audio_track_.config);
  }
  return {.kind = FrameKind::kAudio, .is_new_setup = std::exchange(audio_setup_.is_new, false)};
}

Written Muxer::WriteVideo(int64_t dts, Buffer& out) {
  const VideoClock::Times times = video_clock_.Place(dts, body_.composition_time);
  NoticeClock(times.dts);
  video_track_.exists = true;
  video_track_.newest = times.dts;
  begins_fragment_ = false;
  video_type_ = NewestVideoType();
  Written written{.kind = FrameKind::kVideo, .dts = dts};
  written.has_tables = BeginEntry(times.dts, unit_.is_random_access, out);
  written.is_joinable = unit_.is_random_access;
  FillPcr(video_packets_, times.dts, out);
  const Pes pes{.stream_id = kVideoStreamId,
                .pts = times.pts + 2 * kDelay,
                .dts = times.dts + 2 * kDelay,
                .is_random_access = unit_.is_random_access,
                .pcr = NextPcr(times.dts)};
  video_packets_.AppendPes(pes, unit_.pieces, unit_.size, out);
  if (!audio_.empty() && times.dts - audio_.start() > kAudioStale) AppendAudio(out);
  return written;
}

Written Muxer::WriteAudio(int64_t dts, Buffer& out) {
  const AudioFrame& frame = audio_frame_;
  const Ticks time = dts * kTicksPerMilli;
  Written written;
  if (!audio_.Accepts(frame, time)) written = AppendAudio(out);
  audio_.Add(frame, time);
  audio_kind_ = frame.kind;
  NoticeClock(time);
  audio_track_.exists = true;
  audio_track_.newest = time;
  if (!audio_.IsFull()) return written;
  const Written second = AppendAudio(out);
  return written.kind == FrameKind::kOther ? second : written;
}

Written Muxer::AppendAudio(Buffer& out) {
  const Ticks start = audio_.start();
  if (std::exchange(begins_fragment_, false)) {
    video_type_ = kNoStream;
    if (start - video_track_.newest > kVideoSilent) video_track_.exists = false;
  }
  Written written{.kind = FrameKind::kAudio, .dts = start / kTicksPerMilli};
  written.has_tables = BeginEntry(start, false, out);
  const bool is_alone = tables_.program().video == kNoStream;
  written.is_joinable = is_alone && written.has_tables;
  Pes pes{.stream_id = audio_.kind().type == kPrivateData ? kPrivateStreamId : kAudioStreamId,
          .pts = start + 2 * kDelay,
          .dts = start + 2 * kDelay,
          .is_random_access = written.is_joinable};
  if (is_alone) {
    FillPcr(audio_packets_, start, out);
    pes.pcr = NextPcr(start);
  } else if (has_pcr_ && start - pcr_ > kVideoSilent) {
    FillPcr(video_packets_, start, out);
  }
  const ByteView bytes = audio_.bytes();
  audio_packets_.AppendPes(pes, std::span(&bytes, 1), bytes.size(), out);
  audio_.Clear();
  return written;
}

// Sees to it that the program lists what there is, and appends its tables where they are due. True if it did.
bool Muxer::BeginEntry(Ticks now, bool is_key, Buffer& out) {
  Program program;
  if (!IsPresent(video_track_, now)) video_type_ = kNoStream;
  // What is listed stays until a picture comes: sound before it may still belong to the fragment of before.
  if (IsPresent(video_track_, now)) program.video = video_type_ == kNoStream ? NewestVideoType() : video_type_;
  if (!audio_.empty()) {
    program.audio = audio_.kind();
  } else if (IsPresent(audio_track_, now)) {
    program.audio = audio_kind_;
  }
  const bool is_changed = tables_.Set(program);
  const bool is_due = program.video == kNoStream && (now - last_tables_ >= kAudioTables || now < last_tables_);
  if (!is_changed && !is_due && !is_key && !wants_tables_) return false;
  wants_tables_ = false;
  last_tables_ = now;
  tables_.Append(out);
  return true;
}

StreamType Muxer::NewestVideoType() const { return video_format_.codec() == Codec::kHevc ? kH265 : kH264; }

bool Muxer::IsPresent(const Track& track, Ticks now) const { return track.exists && now - track.newest <= kTrackGone; }

// The newest time, and what it means when it jumps: tracks that were there still are.
void Muxer::NoticeClock(Ticks now) {
  const bool is_jump = !has_clock_ || now < newest_ - kClockBack || now > newest_ + kStandstill;
  newest_ = is_jump ? now : std::max(newest_, now);
  has_clock_ = true;
  if (!is_jump) return;
  video_track_.newest = now;
  audio_track_.newest = now;
}

Pcr Muxer::NextPcr(Ticks now) {
  const bool is_jump = has_pcr_ && (now < pcr_ - kClockBack || now > pcr_ + kClockAhead);
  pcr_ = !has_pcr_ || is_jump ? now : std::max(now, pcr_ + 1);
  has_pcr_ = true;
  return {.value = pcr_ + kDelay, .is_discontinuity = is_jump};
}

// Packets with the clock alone, where frames are more than 100 ms apart.
void Muxer::FillPcr(Packetizer& packets, Ticks now, Buffer& out) {
  if (!has_pcr_ || now - pcr_ > kPause) return;
  while (now - pcr_ > kMaxPcrGap) packets.AppendPcr(NextPcr(pcr_ + kPcrStep), out);
}

}  // namespace weir::ts
