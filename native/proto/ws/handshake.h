// The opening handshake of WebSocket, server side (RFC 6455, 4.2). No extensions; any origin is welcome: whoever may
// watch may watch from any page.
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_PROTO_WS_HANDSHAKE_H_
#define WEIR_PROTO_WS_HANDSHAKE_H_

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "proto/http/request.h"

namespace weir::ws {

enum class Upgrade {
  kNone,     // an ordinary request
  kAccept,   // answer with AppendAccept; frames follow
  kVersion,  // another version than 13: AppendRefusal says which (426)
  kBroken,   // a bad or missing key, HTTP/1.0, not GET: AppendRefusal (400)
};

Upgrade CheckUpgrade(const http::Request& request);

// The whole 101 response; repeats the first of the client's protocols, because browsers fail without one they asked
// for. REQUIRES: CheckUpgrade gave kAccept.
void AppendAccept(Buffer& out, const http::Request& request, std::string_view date);

// The whole refusal, after which the connection is closed. REQUIRES: CheckUpgrade gave kVersion or kBroken.
void AppendRefusal(Buffer& out, Upgrade verdict, std::string_view date);

// What answers a Sec-WebSocket-Key.
std::string AcceptKey(std::string_view key);

}  // namespace weir::ws

#endif  // WEIR_PROTO_WS_HANDSHAKE_H_
