// TsLog: the stream as MPEG-TS packets. Key frames begin with PAT, PMT and parameter sets, so that a reader needs no
// prelude. Lifetime and thread rule: as FormatLog.
#ifndef WEIR_LIVE_TS_LOG_H_
#define WEIR_LIVE_TS_LOG_H_

#include "live/format_log.h"
#include "proto/ts/muxer.h"

namespace weir {

class TsLog final : public FormatLog {
 public:
  using FormatLog::FormatLog;

  bool Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) override;

 private:
  bool Append(const ts::Written& written);

  ts::Muxer muxer_;
  Buffer packets_;
  bool has_headers_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_TS_LOG_H_
