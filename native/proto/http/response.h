// Response heads. Persistence is always said aloud (`Connection: keep-alive` or `close`), so
// that one form serves clients of HTTP/1.0 and 1.1. Lifetime: plain values; the views are read during the call. Thread
// rule: pure functions.
#ifndef WEIR_PROTO_HTTP_RESPONSE_H_
#define WEIR_PROTO_HTTP_RESPONSE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace weir::http {

std::string_view ReasonPhrase(int status);

struct ResponseHead {
  int status = 200;
  bool keep_alive = false;  // believed only with a length, or where the status has no body
  bool cors = true;         // any page may read it, errors included (wire-facts 4.1)
  bool accept_ranges = false;
  // None: the end of the connection is the end of the body. Left out by itself where the status forbids it.
  std::optional<uint64_t> content_length = {};

  // Empty: left out. A value with control characters is left out too: no header can be smuggled in by one.
  std::string_view date = {};
  std::string_view content_type = {};
  std::string_view cache_control = {};
  std::string_view etag = {};  // with its quotes
  std::string_view content_range = {};
  std::string_view location = {};
  std::string_view allow = {};
  std::string_view extra = {};  // whole lines, each with its CR LF, ours alone: written as they are
};

// The bytes up to and with the empty line.
void AppendHead(Buffer& out, const ResponseHead& head);

// The answer to any OPTIONS: 204, with what a browser asks before it lets a page of another origin in.
void AppendPreflight(Buffer& out, std::string_view date, bool keep_alive);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_RESPONSE_H_
