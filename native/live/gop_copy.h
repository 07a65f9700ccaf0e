// Seeds the log of a format that has its first reader with what the rtmp log holds from its newest key frame on, so
// that this reader has a picture at once too. Lifetime: none. Thread rule: the stream's home.
#ifndef WEIR_LIVE_GOP_COPY_H_
#define WEIR_LIVE_GOP_COPY_H_

#include "live/format_log.h"
#include "live/rtmp_log.h"

namespace weir {

// Stops where memory or a read fails: the log then begins with what comes next.
void CopyGop(RtmpLog& from, FormatLog& to);

}  // namespace weir

#endif  // WEIR_LIVE_GOP_COPY_H_
