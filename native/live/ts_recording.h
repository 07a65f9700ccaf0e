// TsRecording: a recording as MPEG-TS. It can be cut anywhere and still be played. Lifetime and thread rule: as
// RecordingFormat.
#ifndef WEIR_LIVE_TS_RECORDING_H_
#define WEIR_LIVE_TS_RECORDING_H_

#include "live/recording_format.h"
#include "proto/ts/muxer.h"

namespace weir {

class TsRecording final : public RecordingFormat {
 public:
  void Begin(const StreamHeaders& headers, Buffer& out) override;
  [[nodiscard]] int Resume(RecordFile& file, int64_t& newest) override;
  void Change(const StreamHeaders& headers, int64_t now, Buffer& out) override;
  [[nodiscard]] bool NeedsNewFile(const MediaFrame&) override { return false; }
  void Write(const MediaFrame& frame, Buffer& out) override;
  void Flush(Buffer& out) override { muxer_.Flush(out); }
  [[nodiscard]] int Finish(RecordFile&, int64_t) override { return 0; }

 private:
  ts::Muxer muxer_;
};

}  // namespace weir

#endif  // WEIR_LIVE_TS_RECORDING_H_
