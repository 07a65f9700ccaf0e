// Byte ranges and entity tags of conditional requests (RFC 9110, 13 and 14).
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_PROTO_HTTP_RANGE_H_
#define WEIR_PROTO_HTTP_RANGE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::http {

struct Range {
  enum class Kind : uint8_t {
    kWhole,          // 200: none asked for, several, or what is no range
    kPart,           // 206: `size` bytes from `first` on, at least one
    kUnsatisfiable,  // 416
  };
  Kind kind = Kind::kWhole;
  uint64_t first = 0;
  uint64_t size = 0;
};

// `header` is the Range field, `size` that of the whole object.
Range ParseRange(std::string_view header, uint64_t size);

// The Content-Range field for a part or for an unsatisfiable range. REQUIRES: not kWhole.
std::string ContentRange(const Range& range, uint64_t size);

// If-None-Match names this tag: answer 304. Weak comparison, lists, `*`. `etag` is ours, with its quotes.
bool MatchesETag(std::string_view if_none_match, std::string_view etag);

// The Range counts: there is no If-Range, or it names this tag (strong comparison; dates never match).
bool MatchesIfRange(std::string_view if_range, std::string_view etag);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_RANGE_H_
