// TsLog: the stream as MPEG-TS packets. Key frames begin with PAT, PMT and parameter sets, so that a reader needs no
// prelude. It is what HLS is cut from, if its fragments are MPEG-TS. Lifetime and thread rule: as FormatLog.
#ifndef WEIR_LIVE_TS_LOG_H_
#define WEIR_LIVE_TS_LOG_H_

#include "live/format_log.h"
#include "live/fragmenter.h"
#include "proto/ts/muxer.h"

namespace weir {

class TsLog final : public FormatLog {
 public:
  // `sink` is told of fragments, while the publisher's grant has them made of this container.
  TsLog(MemoryBudget& budget, FragmentSink& sink) : FormatLog(budget), fragmenter_(log(), sink) {}

  void BeginPublish(const PublishGrant& grant) override;
  void EndPublish() override;
  void Regrant(const PublishGrant& grant) override;
  bool Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) override;

 private:
  void BeginCuts(const PublishGrant& grant);
  void EndCuts();
  void ReadHeaders(const StreamHeaders& headers);
  bool Append(const ts::Written& written);
  void Count(Reason reason);

  ts::Muxer muxer_;
  Fragmenter fragmenter_;
  Buffer packets_;
  bool has_headers_ = false;
  bool is_cut_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_TS_LOG_H_
