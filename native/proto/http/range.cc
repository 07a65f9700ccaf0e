#include "proto/http/range.h"

#include <algorithm>

#include "proto/http/tokens.h"

namespace weir::http {
namespace {

constexpr std::string_view kUnit = "bytes=";
constexpr std::string_view kWeak = "W/";

std::string_view WithoutWeak(std::string_view etag) {
  return etag.starts_with(kWeak) ? etag.substr(kWeak.size()) : etag;
}

Range Part(uint64_t first, uint64_t last) { return {Range::Kind::kPart, first, last - first + 1}; }

}  // namespace

Range ParseRange(std::string_view header, uint64_t size) {
  const std::string_view text = Trim(header);
  if (!EqualsIgnoreCase(text.substr(0, kUnit.size()), kUnit)) return {};
  const std::string_view range = Trim(text.substr(kUnit.size()));
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view first_text = range.substr(0, dash);
  const std::string_view last_text = range.substr(dash + 1);

  uint64_t first = 0;
  uint64_t last = UINT64_MAX;
  if (!last_text.empty() && !ParseNumber(last_text, last)) return {};
  if (first_text.empty()) {
    if (last_text.empty()) return {};
    // The last bytes, all of them if there are fewer (RFC 9110, 14.1.2).
    if (last == 0) return {Range::Kind::kUnsatisfiable};
    return size == 0 ? Range{} : Part(size - std::min(last, size), size - 1);
  }
  if (!ParseNumber(first_text, first) || last < first) return {};
  if (first >= size) return {Range::Kind::kUnsatisfiable};
  return Part(first, std::min(last, size - 1));
}

std::string ContentRange(const Range& range, uint64_t size) {
  const std::string whole = "/" + std::to_string(size);
  if (range.kind == Range::Kind::kUnsatisfiable) return "bytes *" + whole;
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.first + range.size - 1) + whole;
}

bool MatchesETag(std::string_view if_none_match, std::string_view etag) {
  if (etag.empty()) return false;
  if (Trim(if_none_match) == "*") return true;
  // Our tags have no comma, so that one in a foreign tag does no harm: its pieces match nothing.
  std::string_view item;
  while (TakeListItem(if_none_match, item)) {
    if (WithoutWeak(item) == WithoutWeak(etag)) return true;
  }
  return false;
}

bool MatchesIfRange(std::string_view if_range, std::string_view etag) {
  return if_range.empty() || (if_range == etag && !etag.starts_with(kWeak));
}

}  // namespace weir::http
