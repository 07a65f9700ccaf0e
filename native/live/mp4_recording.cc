#include "live/mp4_recording.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "media/flv_tag.h"
#include "media/frame.h"

namespace weir {
namespace {

// What is lost at most when the process dies.
constexpr int64_t kFragmentMillis = 500;
constexpr size_t kMaxInit = 256 << 10;

bool Has(ByteView init, std::string_view handler) {
  return std::search(init.begin(), init.end(), handler.begin(), handler.end()) != init.end();
}

int WriteDuration(RecordFile& file, size_t offset, int64_t duration) {
  uint8_t millis[4];
  StoreBe32(millis, static_cast<uint32_t>(duration));
  return offset == 0 ? 0 : file.WriteAt(offset, millis);
}

}  // namespace

Mp4Recording::Mp4Recording() : muxer_(kFragmentMillis) {}

void Mp4Recording::Begin(const StreamHeaders& headers, Buffer& out) { Change(headers, 0, out); }

void Mp4Recording::Change(const StreamHeaders& headers, int64_t now, Buffer&) {
  for (const auto& config : headers.configs) {
    muxer_.Read(config.track == kVideoTrack ? flv::kVideoTag : flv::kAudioTag, config.payload, now);
  }
}

// Decoders are set up once in a file. (A track that pauses is no reason to begin another one.)
bool Mp4Recording::NeedsNewFile(const MediaFrame& frame) {
  frame_ = frame.track == kDataTrack ? ContainerFrame{} : muxer_.Read(frame.type, frame.payload, frame.dts);
  if (version_ == 0 || !frame_.is_new_init) return false;
  return frame_.is_new_setup || !(frame_.kind == FrameKind::kVideo ? has_video_ : has_audio_);
}

void Mp4Recording::Write(const MediaFrame&, Buffer& out) {
  if (frame_.kind != FrameKind::kOther) Take(muxer_.WriteFrame(piece_), out);
}

void Mp4Recording::Flush(Buffer& out) { Take(muxer_.Flush(piece_), out); }

void Mp4Recording::Take(const fmp4::Written& written, Buffer& out) {
  if (!written.has_fragment) return;
  if (version_ == 0) {
    const Buffer& init = muxer_.init();
    version_ = written.init_version;
    has_video_ = Has(init, "vide");
    has_audio_ = Has(init, "soun");
    duration_at_ = fmp4::DurationOffset(init);
    Append(out, init);
    position_ += init.size();
  }
  if (written.has_video && written.is_joinable) index_.Note(written.dts, position_);
  Append(out, piece_);
  position_ += piece_.size();
  piece_.clear();
}

int Mp4Recording::Finish(RecordFile& file, int64_t duration) {
  index_.Cut(file.size());
  Buffer end;
  index_.Append(end);
  if (int error = file.Append(end)) return error;
  return WriteDuration(file, duration_at_, duration);
}

// Up to the last whole fragment. How long it is stands in the fragments, which players read.
int Mp4Recording::Resume(RecordFile& file, int64_t& newest) {
  newest = 0;
  uint64_t at = 0;
  uint64_t whole = 0;
  uint8_t head[fmp4::kBoxHeader];
  fmp4::TopBox box;
  while (at + sizeof head <= file.size()) {
    if (int error = file.ReadAt(at, head, sizeof head)) return error;
    if (!fmp4::ReadTopBox(head, box) || box.size > file.size() - at) break;
    const bool is_init = box.type == FourCc("ftyp") || box.type == FourCc("moov");
    if (is_init && box.size > kMaxInit) break;
    at += box.size;
    if (box.type != FourCc("moof")) whole = at;
  }
  if (whole == 0) return EINVAL;
  return whole == file.size() ? 0 : file.Truncate(whole);
}

}  // namespace weir
