// FlvRecording: a recording as an FLV file whose first tag, in the end, tells duration, size and key frames. Lifetime
// and thread rule: as RecordingFormat.
#ifndef WEIR_LIVE_FLV_RECORDING_H_
#define WEIR_LIVE_FLV_RECORDING_H_

#include <vector>

#include "live/recording_format.h"
#include "proto/flv/file_meta.h"

namespace weir {

class FlvRecording final : public RecordingFormat {
 public:
  explicit FlvRecording(Millis expected) : expected_(expected) {}

  void Begin(const StreamHeaders& headers, Buffer& out) override;
  [[nodiscard]] int Resume(RecordFile& file, int64_t& newest) override;
  void Change(const StreamHeaders& headers, int64_t now, Buffer& out) override;
  [[nodiscard]] bool NeedsNewFile(const MediaFrame&) override { return false; }
  void Write(const MediaFrame& frame, Buffer& out) override;
  void Flush(Buffer&) override {}
  [[nodiscard]] int Finish(RecordFile& file, int64_t duration) override;

 private:
  void AppendTag(uint8_t type, int64_t now, ByteView payload, Buffer& out);
  void AppendConfigs(const StreamHeaders& headers, int64_t now, Buffer& out);
  int Scan(RecordFile& file, int64_t& newest);

  const Millis expected_;
  flv::FileMeta meta_;
  std::vector<StreamHeaders::Config> written_;  // configurations that the file has last
  uint32_t metadata_version_ = 0;
  uint64_t position_ = 0;  // where the next tag will lie
  bool has_video_ = false;
  bool has_audio_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_FLV_RECORDING_H_
