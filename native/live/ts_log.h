// TsLog: the stream as MPEG-TS packets. Key frames begin with PAT, PMT and parameter sets, so that a reader needs no
// prelude. Lifetime and thread rule: as FormatLog.
#ifndef WEIR_LIVE_TS_LOG_H_
#define WEIR_LIVE_TS_LOG_H_

#include "live/cut_log.h"
#include "proto/ts/muxer.h"

namespace weir {

class TsLog final : public CutLog {
 public:
  TsLog(MemoryBudget& budget, FragmentSink& sink) : CutLog(budget, Container::kTs, sink) {}

 private:
  ContainerFrame Read(uint8_t type, ByteView payload, int64_t) override { return muxer_.Read(type, payload); }
  bool WriteFrame(const ContainerFrame& frame, int64_t dts, Cut cut) override;
  bool Flush() override;
  void Forget() override { muxer_.Forget(); }
  void BeginAnew() override { muxer_.BeginFragment(); }
  bool Append(const ts::Written& written);

  ts::Muxer muxer_;
  Buffer packets_;
};

}  // namespace weir

#endif  // WEIR_LIVE_TS_LOG_H_
