// Fmp4Log: the stream as fragmented MP4, of which HLS fragments are made: pieces of moof and mdat of at most a second.
// Nobody plays it as it is. Lifetime and thread rule: as FormatLog.
#ifndef WEIR_LIVE_FMP4_LOG_H_
#define WEIR_LIVE_FMP4_LOG_H_

#include "live/cut_log.h"
#include "proto/fmp4/muxer.h"

namespace weir {

class Fmp4Log final : public CutLog {
 public:
  Fmp4Log(MemoryBudget& budget, FragmentSink& sink) : CutLog(budget, Container::kFmp4, sink) {}

 private:
  static constexpr int64_t kPieceMillis = 1'000;

  ContainerFrame Read(uint8_t type, ByteView payload, int64_t dts) override { return muxer_.Read(type, payload, dts); }
  bool WriteFrame(const ContainerFrame& frame, int64_t dts, Cut cut) override;
  bool Flush() override;
  void Forget() override { muxer_.Forget(); }
  void BeginAnew() override { told_version_ = 0; }
  bool Append(const fmp4::Written& written);

  fmp4::Muxer muxer_{kPieceMillis};
  uint32_t told_version_ = 0;  // of the init segment; 0: none in this publish
  Buffer piece_;
};

}  // namespace weir

#endif  // WEIR_LIVE_FMP4_LOG_H_
