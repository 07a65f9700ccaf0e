// Relay: what is needed for a connection of ours to another server: Push copies a stream to it, Pull fetches one from
// it. TypeScript has chosen the server and resolved its name. Lifetime: a value. Thread rule: plain value.
#ifndef WEIR_LIVE_RELAY_H_
#define WEIR_LIVE_RELAY_H_

#include <string>
#include <variant>

#include "base/clock.h"
#include "live/grant.h"
#include "sys/tcp.h"

namespace weir {

// The other server, and what it is told.
struct RelayPeer {
  SocketAddress address;
  std::string tc_url;
  std::string app;
  std::string stream;      // with its query
  std::string relay_path;  // identities of servers and streams, by which circles are known
  Millis connect_timeout = 5'000;
  Millis answer_timeout = 10'000;  // of the handshake, and of the dialogue that follows it
};

struct Push {
  RelayPeer peer;
  StreamGrant grant;  // whose key is that of the stream here; its rules are those of the stream's players
};

struct Pull {
  RelayPeer peer;
  Millis media_timeout = 20'000;  // for the first frame
  // Under which it asks to publish here, as an encoder would.
  std::string tc_url;
  std::string app;
  std::string stream;
};

using Relay = std::variant<Push, Pull>;

}  // namespace weir

#endif  // WEIR_LIVE_RELAY_H_
