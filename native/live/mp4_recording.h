// Mp4Recording: a recording as fragmented MP4: each fragment stands for itself, so that the file can be played whenever
// its writer dies; an index of the fragments (mfra) and the duration come when it ends. Lifetime and thread rule: as
// RecordingFormat.
#ifndef WEIR_LIVE_MP4_RECORDING_H_
#define WEIR_LIVE_MP4_RECORDING_H_

#include "live/recording_format.h"
#include "proto/fmp4/muxer.h"
#include "proto/fmp4/random_access.h"

namespace weir {

class Mp4Recording final : public RecordingFormat {
 public:
  Mp4Recording();

  void Begin(const StreamHeaders& headers, Buffer& out) override;
  [[nodiscard]] int Resume(RecordFile& file, int64_t& newest) override;
  void Change(const StreamHeaders& headers, int64_t now, Buffer& out) override;
  [[nodiscard]] bool NeedsNewFile(const MediaFrame& frame) override;
  void Write(const MediaFrame& frame, Buffer& out) override;
  void Flush(Buffer& out) override;
  [[nodiscard]] int Finish(RecordFile& file, int64_t duration) override;

 private:
  void Take(const fmp4::Written& written, Buffer& out);

  fmp4::Muxer muxer_;
  fmp4::RandomAccess index_;
  ContainerFrame frame_;  // that was read
  Buffer piece_;
  uint32_t version_ = 0;  // of the file's init segment; 0: it has none yet
  uint64_t position_ = 0;
  size_t duration_at_ = 0;
  bool has_video_ = false;  // in the init segment
  bool has_audio_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_MP4_RECORDING_H_
