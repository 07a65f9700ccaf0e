// Dates as HTTP writes them. Lifetime: plain values. Thread rule: pure function.
#ifndef WEIR_PROTO_HTTP_DATE_H_
#define WEIR_PROTO_HTTP_DATE_H_

#include <array>
#include <cstdint>

namespace weir::http {

// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). Seconds since 1970; meant to be made once a second.
using DateText = std::array<char, 29>;
DateText HttpDate(int64_t unix_seconds);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_DATE_H_
