// RtmpLog: the stream as RTMP chunks that fit every reader: type-1 headers, deltas, no message stream id (design 2.2).
// What fixes a reader's own clock is its prelude; where deltas can't go on, a rebase entry asks for a new one. Lifetime
// and thread rule: as FormatLog.
#ifndef WEIR_LIVE_RTMP_LOG_H_
#define WEIR_LIVE_RTMP_LOG_H_

#include <vector>

#include "live/format_log.h"

namespace weir {

class RtmpLog final : public FormatLog {
 public:
  using FormatLog::FormatLog;

  bool Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) override;

 private:
  bool FollowsByDeltas(const MediaFrame& frame, const StreamHeaders& headers) const;
  bool Append(const MediaFrame& frame, const StreamHeaders& headers, uint16_t flags);
  void AnchorIdleTracks(const MediaFrame& before, const StreamHeaders& headers);

  int64_t previous_[kTracks] = {};  // time of the newest message of each track
  bool wants_rebase_ = true;
  std::vector<iovec> parts_;
};

}  // namespace weir

#endif  // WEIR_LIVE_RTMP_LOG_H_
