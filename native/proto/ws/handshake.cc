#include "proto/ws/handshake.h"

#include "base/base64.h"
#include "base/sha1.h"
#include "proto/http/error_body.h"
#include "proto/http/tokens.h"

namespace weir::ws {
namespace {

constexpr std::string_view kVersion = "13";
constexpr std::string_view kKeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
constexpr size_t kKeySize = 16;

std::string_view FirstProtocol(const http::Request& request) {
  std::string_view list = request.websocket_protocol;
  std::string_view first;
  return http::TakeListItem(list, first) && http::IsToken(first) ? first : std::string_view{};
}

}  // namespace

Upgrade CheckUpgrade(const http::Request& request) {
  if (!http::ListHas(request.upgrade, "websocket")) return Upgrade::kNone;
  if (request.method != http::Method::kGet || request.is_http_1_0 || !request.connection_upgrade) {
    return Upgrade::kBroken;
  }
  if (request.websocket_version != kVersion) {
    return request.websocket_version.empty() ? Upgrade::kBroken : Upgrade::kVersion;
  }
  const std::optional<Buffer> key = Base64Decode(request.websocket_key);
  return key.has_value() && key->size() == kKeySize ? Upgrade::kAccept : Upgrade::kBroken;
}

void AppendAccept(Buffer& out, const http::Request& request, std::string_view date) {
  Append(out, "HTTP/1.1 101 Switching Protocols\r\nServer: weir\r\n");
  if (!date.empty()) {
    Append(out, "Date: ");
    Append(out, date);
    Append(out, "\r\n");
  }
  Append(out, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ");
  Append(out, AcceptKey(request.websocket_key));
  const std::string_view protocol = FirstProtocol(request);
  if (!protocol.empty()) {
    Append(out, "\r\nSec-WebSocket-Protocol: ");
    Append(out, protocol);
  }
  Append(out, "\r\n\r\n");
}

void AppendRefusal(Buffer& out, Upgrade verdict, std::string_view date) {
  const bool is_version = verdict == Upgrade::kVersion;
  http::AppendError(
      out,
      {.status = is_version ? 426 : 400,
       .date = date,
       .extra = is_version ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" : ""},
      {.detail = is_version ? "WebSocket version 13 is spoken here" : "not a valid WebSocket upgrade"});
}

std::string AcceptKey(std::string_view key) {
  std::string text(key);
  text += kKeySuffix;
  return Base64Encode(Sha1Of(AsBytes(text)));
}

}  // namespace weir::ws
