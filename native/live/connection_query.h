// ConnectionQuery: which connections with a role are asked for, and which page of them, in the order of their numbers.
// Lifetime, thread rule: plain value.
#ifndef WEIR_LIVE_CONNECTION_QUERY_H_
#define WEIR_LIVE_CONNECTION_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "live/grant.h"

namespace weir {

// What a connection does, as its statistics say. The views are into what it belongs to.
struct ConnectionRole {
  const StreamKey* key = nullptr;
  std::string_view protocol;
  bool is_publisher = false;
  bool is_relay = false;
};

struct ConnectionQuery {
  size_t start = 0;
  size_t limit = 0;
  bool relays = false;  // those that we opened to other servers, and no client
  // Each only where it is not empty, or not 0.
  uint64_t connection = 0;
  std::string vhost;
  std::string app;
  std::string stream;
  std::string protocol;
  std::string role;  // publisher or player
  std::string ip;

  bool Admits(const ConnectionRole& of) const {
    auto is = [](std::string_view wanted, std::string_view value) { return wanted.empty() || wanted == value; };
    return relays == of.is_relay && is(vhost, of.key->vhost) && is(app, of.key->app) && is(stream, of.key->stream) &&
           is(protocol, of.protocol) && is(role, of.is_publisher ? "publisher" : "player");
  }
};

}  // namespace weir

#endif  // WEIR_LIVE_CONNECTION_QUERY_H_
