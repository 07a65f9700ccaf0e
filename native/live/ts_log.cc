#include "live/ts_log.h"

#include "media/flv_tag.h"

namespace weir {

bool TsLog::Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) {
  if (frame.track == kDataTrack) return true;
  if (changed || !has_headers_) {
    has_headers_ = true;
    KeepHeaders(headers);
    packets_.clear();
    for (const auto& config : headers.configs) {
      uint8_t type = config.track == kVideoTrack ? flv::kVideoTag : flv::kAudioTag;
      if (!Append(muxer_.Write(type, config.payload, frame.dts, packets_))) return false;
    }
  }
  // What was heard before the key frame goes before it.
  packets_.clear();
  if (frame.is_key && !Append(muxer_.Flush(packets_))) return false;
  packets_.clear();
  return Append(muxer_.Write(frame.type, frame.payload, frame.dts, packets_));
}

bool TsLog::Append(const ts::Written& written) {
  if (written.reason == Reason::kCodecUnsupported) refusals.Add(1);
  if (packets_.empty()) return true;
  Entry entry;
  entry.dts = written.dts;
  Track track = written.kind == FrameKind::kAudio ? kAudioTrack : kVideoTrack;
  entry.flags = static_cast<uint16_t>(track | (written.is_joinable ? Entry::kKey : 0));
  iovec part{packets_.data(), packets_.size()};
  bool appended = log().Append({&part, 1}, packets_.size(), entry);
  packets_.clear();
  return appended;
}

}  // namespace weir
