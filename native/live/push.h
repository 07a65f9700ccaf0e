// Push: what is needed to copy a stream to another server. TypeScript has chosen the target and resolved its name.
// Lifetime: a value. Thread rule: plain value.
#ifndef WEIR_LIVE_PUSH_H_
#define WEIR_LIVE_PUSH_H_

#include <string>

#include "base/clock.h"
#include "live/grant.h"
#include "sys/tcp.h"

namespace weir {

struct Push {
  SocketAddress target;
  StreamGrant grant;   // whose key is that of the stream here; its rules are those of the stream's players
  std::string tc_url;  // at the target
  std::string app;
  std::string stream;      // with its query
  std::string relay_path;  // the servers and streams that it has passed, this one last
  Millis connect_timeout = 5'000;
  Millis answer_timeout = 10'000;  // of the handshake, and of the dialogue that follows it
};

}  // namespace weir

#endif  // WEIR_LIVE_PUSH_H_
