// The target of a request line: which path and query are asked for (RFC 9112, 3.2).
// Lifetime: views into what is passed in. Thread rule: pure functions.
#ifndef WEIR_PROTO_HTTP_TARGET_H_
#define WEIR_PROTO_HTTP_TARGET_H_

#include <string_view>

#include "base/bytes.h"
#include "base/reason.h"

namespace weir::http {

struct Target {
  std::string_view path;   // of the target as it stands, or of `decoded`
  std::string_view query;  // raw
  std::string_view host;   // of the absolute form, which outranks the Host field
};

// `/path?query`, `http://host/path?query`, or `*` where the method allows it. `decoded` is used if the path has
// escapes; it must then live as long as `target`. kHttpMalformed, kHttpPathInvalid or kNone.
[[nodiscard]] Reason ParseTarget(std::string_view text, bool may_be_star, Buffer& decoded, Target& target);

// A host with its port, as a URL may have it (RFC 3986, 3.2.2), or empty.
bool IsHost(std::string_view text);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_TARGET_H_
