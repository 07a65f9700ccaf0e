// FlvLog: the stream as FLV tags on its own absolute time line, plain or each in a WebSocket frame. A tag stands for
// itself, so only new headers make a rebase. Lifetime and thread rule: as FormatLog.
#ifndef WEIR_LIVE_FLV_LOG_H_
#define WEIR_LIVE_FLV_LOG_H_

#include "live/format_log.h"

namespace weir {

class FlvLog final : public FormatLog {
 public:
  FlvLog(MemoryBudget& budget, bool over_websocket) : FormatLog(budget), over_websocket_(over_websocket) {}

  bool Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) override;

 private:
  const bool over_websocket_;
  bool wants_rebase_ = true;
};

}  // namespace weir

#endif  // WEIR_LIVE_FLV_LOG_H_
