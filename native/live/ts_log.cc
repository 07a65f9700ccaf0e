#include "live/ts_log.h"

#include "media/flv_tag.h"

namespace weir {

ContainerFrame TsLog::Read(uint8_t type, ByteView payload, int64_t) {
  const Track track = type == flv::kVideoTag ? kVideoTrack : kAudioTrack;
  return only_.value_or(track) == track ? muxer_.Read(type, payload) : ContainerFrame{};
}

bool TsLog::WriteFrame(const ContainerFrame& frame, int64_t dts, Cut cut) {
  // What was heard before a key frame, or a cut, goes before it.
  const bool is_flushed = !(frame.is_key || cut != Cut::kNone) || Flush();
  if (cut != Cut::kNone) {
    Close(cut);
    cut == Cut::kFragment ? muxer_.BeginFragment() : muxer_.Cut();
  }
  return is_flushed && Append(muxer_.WriteFrame(dts, packets_));
}

bool TsLog::Flush() { return Append(muxer_.Flush(packets_)); }

bool TsLog::Append(const ts::Written& written) {
  if (packets_.empty()) return true;
  Entry entry;
  entry.dts = written.dts;
  const Track track = written.kind == FrameKind::kAudio ? kAudioTrack : kVideoTrack;
  entry.flags = static_cast<uint16_t>(track | (written.is_joinable ? Entry::kKey : 0));
  const bool appended = AppendEntry(packets_, entry);
  packets_.clear();
  return appended;
}

}  // namespace weir
