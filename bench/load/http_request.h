// The requests that a viewer over HTTP sends. Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_BENCH_LOAD_HTTP_REQUEST_H_
#define WEIR_BENCH_LOAD_HTTP_REQUEST_H_

#include <string_view>

#include "base/bytes.h"

namespace weir::load {

// GET, with `more` header lines (each with its CRLF) behind those that every viewer sends.
void AppendGet(Buffer& out, std::string_view authority, std::string_view target, std::string_view more = "");

// GET that asks for an upgrade to WebSocket (RFC 6455, 4.1).
void AppendUpgrade(Buffer& out, std::string_view authority, std::string_view target, std::string_view key);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_HTTP_REQUEST_H_
