// The directives of a request for a playlist: _HLS_msn, _HLS_part, _HLS_skip (draft-pantos-hls-rfc8216bis, 6.2.5), and
// what they ask for of a list. Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_PROTO_HLS_RELOAD_H_
#define WEIR_PROTO_HLS_RELOAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::hls {

struct Reload {
  bool is_valid = true;
  bool skip = false;  // the rest of the list is known: a delta will do
  std::optional<uint64_t> msn = {};
  std::optional<uint64_t> part = {};
};

Reload ParseReload(std::string_view query);

// The query without its directives: what tells one viewer from another.
std::string WithoutDirectives(std::string_view query);

// How far a list is: everything before fragment `msn` is listed, and of that one the parts 0..`part`.
struct ListEnd {
  uint64_t msn = 0;
  int64_t part = -1;            // -1: none yet
  uint64_t previous_parts = 0;  // how many parts the fragment before it has
  uint64_t part_limit = 3;      // Advance Part Limit
  bool has_ended = false;       // EXT-X-ENDLIST: directives mean nothing
};

enum class Readiness : uint8_t {
  kReady,    // answer now
  kNotYet,   // hold until the list has grown
  kInvalid,  // 400
};
Readiness Check(const ListEnd& list, const Reload& reload);

}  // namespace weir::hls

#endif  // WEIR_PROTO_HLS_RELOAD_H_
