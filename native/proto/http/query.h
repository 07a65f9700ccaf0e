// Parameters of a URL's query (application/x-www-form-urlencoded, as browsers write it).
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_PROTO_HTTP_QUERY_H_
#define WEIR_PROTO_HTTP_QUERY_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace weir::http {

// Undoes %XX in place of the copy. False when an escape is cut off or has no hexadecimal digits.
[[nodiscard]] bool PercentDecode(std::string_view text, Buffer& out);

// Takes the next `name=value`, as it is, off the front of a query. False at its end.
bool TakeParam(std::string_view& query, std::string_view& param);

// The first value of that name, decoded; `name` stands for `name=`. Escapes that are none stay as they are. What the
// bytes mean is for the caller to check: they may be anything.
std::optional<std::string> FindParam(std::string_view query, std::string_view name);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_QUERY_H_
