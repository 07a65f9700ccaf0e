// TsLog: the stream as MPEG-TS packets, or one of its tracks. Key frames begin with PAT, PMT and parameter sets, so
// that a reader needs no prelude. Lifetime and thread rule: as FormatLog.
#ifndef WEIR_LIVE_TS_LOG_H_
#define WEIR_LIVE_TS_LOG_H_

#include <optional>

#include "live/cut_log.h"
#include "proto/ts/muxer.h"

namespace weir {

class TsLog final : public CutLog {
 public:
  TsLog(MemoryBudget& budget, FragmentSink& sink) : CutLog(budget, Container::kTs, sink) {}
  // HLS is not cut from it.
  TsLog(MemoryBudget& budget, FragmentSink& sink, Track only) : CutLog(budget, {}, sink), only_(only) {}

 private:
  ContainerFrame Read(uint8_t type, ByteView payload, int64_t) override;
  bool WriteFrame(const ContainerFrame& frame, int64_t dts, Cut cut) override;
  bool Flush() override;
  void Forget() override { muxer_.Forget(); }
  void BeginAnew() override { muxer_.BeginFragment(); }
  bool Append(const ts::Written& written);

  const std::optional<Track> only_;
  ts::Muxer muxer_;
  Buffer packets_;
};

}  // namespace weir

#endif  // WEIR_LIVE_TS_LOG_H_
