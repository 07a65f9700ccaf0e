#include "live/ts_log.h"

#include "media/flv_tag.h"

namespace weir {

using Cut = Cutter::Cut;

namespace {

bool IsCut(const PublishGrant& grant) { return grant.hls && grant.hls->container == Container::kTs; }

}  // namespace

void TsLog::BeginPublish(const PublishGrant& grant) {
  FormatLog::BeginPublish(grant);
  EndCuts();
  if (IsCut(grant)) BeginCuts(grant);
}

void TsLog::EndPublish() {
  EndCuts();
  muxer_.Forget();
}

void TsLog::Regrant(const PublishGrant& grant) {
  FormatLog::Regrant(grant);
  if (is_cut_ && IsCut(grant)) {
    fragmenter_.Change(*grant.hls, grant.log_memory);
  } else if (is_cut_) {
    EndCuts();
  } else if (IsCut(grant)) {
    (void)Append(muxer_.Flush(packets_));
    BeginCuts(grant);
  }
}

void TsLog::BeginCuts(const PublishGrant& grant) {
  fragmenter_.Begin(*grant.hls, grant.log_memory);
  muxer_.Cut();
  is_cut_ = true;
}

void TsLog::EndCuts() {
  (void)Append(muxer_.Flush(packets_));
  if (is_cut_) fragmenter_.End();
  is_cut_ = false;
}

bool TsLog::Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) {
  if (frame.track == kDataTrack) return true;
  if (changed || !has_headers_) ReadHeaders(headers);
  const ts::Frame read = muxer_.Read(frame.type, frame.payload);
  Count(read.reason);
  if (read.kind == FrameKind::kOther) return true;
  const bool is_video = read.kind == FrameKind::kVideo;
  const Cut cut = is_cut_ ? fragmenter_.Before({frame.dts, is_video, read.is_key, read.is_new_setup}) : Cut::kNone;
  // What was heard before a key frame, or a cut, goes before it.
  const bool is_flushed = !(read.is_key || cut != Cut::kNone) || Append(muxer_.Flush(packets_));
  if (cut != Cut::kNone) {
    fragmenter_.Close(cut);
    muxer_.Cut();
  }
  return is_flushed && Append(muxer_.WriteFrame(frame.dts, packets_));
}

void TsLog::ReadHeaders(const StreamHeaders& headers) {
  has_headers_ = true;
  KeepHeaders(headers);
  for (const auto& config : headers.configs) {
    Count(muxer_.Read(config.track == kVideoTrack ? flv::kVideoTag : flv::kAudioTag, config.payload).reason);
  }
}

void TsLog::Count(Reason reason) {
  if (reason == Reason::kCodecUnsupported) refusals.Add(1);
}

bool TsLog::Append(const ts::Written& written) {
  if (packets_.empty()) return true;
  Entry entry;
  entry.dts = written.dts;
  Track track = written.kind == FrameKind::kAudio ? kAudioTrack : kVideoTrack;
  entry.flags = static_cast<uint16_t>(track | (written.is_joinable ? Entry::kKey : 0));
  iovec part{packets_.data(), packets_.size()};
  bool appended = log().Append({&part, 1}, packets_.size(), entry);
  packets_.clear();
  if (is_cut_ && appended) fragmenter_.Appended();
  if (is_cut_ && !appended) fragmenter_.Lost();
  return appended;
}

}  // namespace weir
