#include "live/ts_recording.h"

#include <cerrno>

#include "media/flv_tag.h"

namespace weir {
namespace {

constexpr uint64_t kPacketSize = 188;
constexpr uint8_t kSyncByte = 0x47;

}  // namespace

void TsRecording::Begin(const StreamHeaders& headers, Buffer& out) { Change(headers, 0, out); }

void TsRecording::Change(const StreamHeaders& headers, int64_t, Buffer& out) {
  muxer_.Flush(out);
  for (const auto& config : headers.configs) {
    muxer_.Read(config.track == kVideoTrack ? flv::kVideoTag : flv::kAudioTag, config.payload);
  }
}

void TsRecording::Write(const MediaFrame& frame, Buffer& out) {
  if (frame.track == kDataTrack) return;
  // What was heard before a key frame goes before it.
  if (frame.is_key) muxer_.Flush(out);
  muxer_.Write(frame.type, frame.payload, frame.dts, out);
}

int TsRecording::Resume(RecordFile& file, int64_t& newest) {
  newest = 0;
  uint8_t first = 0;
  if (file.size() < kPacketSize) return EINVAL;
  if (int error = file.ReadAt(0, &first, 1)) return error;
  if (first != kSyncByte) return EINVAL;
  const uint64_t whole = file.size() - file.size() % kPacketSize;
  return whole == file.size() ? 0 : file.Truncate(whole);
}

}  // namespace weir
