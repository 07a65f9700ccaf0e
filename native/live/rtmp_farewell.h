// What an RTMP client is told when we end it: codes that encoders and players know. Lifetime: none. Thread rule: pure.
#ifndef WEIR_LIVE_RTMP_FAREWELL_H_
#define WEIR_LIVE_RTMP_FAREWELL_H_

#include "base/bytes.h"
#include "base/reason.h"
#include "proto/rtmp/server_session.h"

namespace weir {

void AppendRtmpFarewell(Buffer& out, rtmp::ServerSession& session, Reason reason);

}  // namespace weir

#endif  // WEIR_LIVE_RTMP_FAREWELL_H_
