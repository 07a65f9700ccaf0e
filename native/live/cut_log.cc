#include "live/cut_log.h"

#include "media/flv_tag.h"

namespace weir {

void CutLog::BeginPublish(const PublishGrant& grant) {
  FormatLog::BeginPublish(grant);
  EndCuts();
  if (IsWanted(grant)) BeginCuts(grant);
}

void CutLog::EndPublish() {
  EndCuts();
  Forget();
}

void CutLog::Regrant(const PublishGrant& grant) {
  FormatLog::Regrant(grant);
  if (is_cut_ && IsWanted(grant)) {
    fragmenter_.Change(*grant.hls, grant.log_memory);
  } else if (is_cut_) {
    EndCuts();
  } else if (IsWanted(grant)) {
    (void)Flush();
    BeginCuts(grant);
  }
}

void CutLog::BeginCuts(const PublishGrant& grant) {
  fragmenter_.Begin(*grant.hls, grant.log_memory);
  BeginAnew();
  is_cut_ = true;
}

void CutLog::EndCuts() {
  (void)Flush();
  if (is_cut_) fragmenter_.End();
  is_cut_ = false;
}

bool CutLog::Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) {
  if (frame.track == kDataTrack) return true;
  if (changed || !has_headers_) ReadHeaders(headers, frame.dts);
  const ContainerFrame read = Read(frame.type, frame.payload, frame.dts);
  Count(read.reason);
  if (read.kind == FrameKind::kOther) return true;
  Cut cut = Cut::kNone;
  if (is_cut_) {
    const bool is_video = read.kind == FrameKind::kVideo;
    cut = fragmenter_.Before({frame.dts, is_video, read.is_key, read.is_new_setup, read.is_new_init});
  }
  return WriteFrame(read, frame.dts, cut);
}

void CutLog::ReadHeaders(const StreamHeaders& headers, int64_t dts) {
  has_headers_ = true;
  KeepHeaders(headers);
  for (const auto& config : headers.configs) {
    Count(Read(config.track == kVideoTrack ? flv::kVideoTag : flv::kAudioTag, config.payload, dts).reason);
  }
}

void CutLog::Count(Reason reason) {
  if (reason == Reason::kCodecUnsupported) refusals.Add(1);
}

bool CutLog::AppendEntry(ByteView bytes, const Entry& entry) {
  iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  const bool appended = log().Append({&part, 1}, bytes.size(), entry);
  if (is_cut_ && appended) fragmenter_.Appended();
  if (is_cut_ && !appended) fragmenter_.Lost();
  return appended;
}

}  // namespace weir
