// Request: what the head of an HTTP/1.x request says, with the header fields that weir knows.
// Lifetime: the views point into the request itself or into the bytes that the reader was given: valid until the next
// RequestReader::Next with this request, and no longer than those bytes. Thread rule: plain value.
#ifndef WEIR_PROTO_HTTP_REQUEST_H_
#define WEIR_PROTO_HTTP_REQUEST_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace weir::http {

inline constexpr size_t kMaxRequestLine = 8 * 1024;  // beyond: 414 (RFC 9112, 3 wants 8000 bytes to be possible)
inline constexpr size_t kMaxFields = 16 * 1024;      // all header fields together; beyond: 431
inline constexpr int kMaxFieldCount = 64;            // beyond: 431

// kOther is for the caller to refuse with 405. Nothing but its version is read of such a request: the target is empty
// and the connection is not kept, since a body may follow.
enum class Method : uint8_t { kGet, kHead, kOptions, kOther };

struct RequestFields {
  Method method = Method::kOther;
  bool is_http_1_0 = false;
  // As asked for, or by the version's default. What is answered without a length can't be kept all the same.
  bool keep_alive = false;
  bool connection_upgrade = false;  // the Connection field has `upgrade`

  // Decoded once; valid UTF-8 without control characters, backslashes, `.` and `..` segments, encoded slashes. Begins
  // with a slash, or is `*` (OPTIONS).
  std::string_view path;
  std::string_view query;  // raw, without `?`; see FindParam
  std::string_view host;   // with the port, of the target or of the Host field; may be empty

  // Raw values, trimmed; empty when absent. When a field comes more than once, the first.
  std::string_view accept;
  std::string_view user_agent;
  std::string_view referer;
  std::string_view forwarded_for;
  std::string_view origin;
  std::string_view request_method;   // Access-Control-Request-Method
  std::string_view request_headers;  // Access-Control-Request-Headers
  std::string_view range;
  std::string_view if_range;
  std::string_view if_none_match;
  std::string_view upgrade;
  std::string_view websocket_key;
  std::string_view websocket_version;
  std::string_view websocket_protocol;
};

class Request : public RequestFields {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

 private:
  friend class RequestReader;

  Buffer joined_;   // the head, when it came in pieces
  Buffer decoded_;  // the path, when it had escapes
};

// The host without its port, and without the brackets of an IPv6 address: `[::1]:8080` -> `::1`.
std::string_view HostName(std::string_view host);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_REQUEST_H_
