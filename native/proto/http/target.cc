#include "proto/http/target.h"

#include <algorithm>

#include "base/utf8.h"
#include "proto/http/query.h"
#include "proto/http/tokens.h"

namespace weir::http {
namespace {

constexpr size_t kMaxHost = 255 + 6;  // a DNS name and its port

bool IsControl(char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; }

// Takes `http://host` off the front. False if this is no such thing.
bool TakeOrigin(std::string_view& text, std::string_view& host) {
  for (const std::string_view scheme : {"http://", "https://", "ws://", "wss://"}) {
    if (!EqualsIgnoreCase(text.substr(0, scheme.size()), scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    host = rest.substr(0, rest.find_first_of("/?"));
    text = rest.substr(host.size());
    return !host.empty() && IsHost(host);
  }
  return false;
}

// `..` has no meaning for names in a store; who sends it looks for a file system. `.` likewise: clients resolve both
// before they ask (RFC 3986, 5.2.4).
bool HasDotSegment(std::string_view path) {
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

bool IsPath(std::string_view path) {
  return std::none_of(path.begin(), path.end(), IsControl) && path.find('\\') == std::string_view::npos &&
         !HasDotSegment(path) && IsUtf8(AsBytes(path));
}

Reason DecodePath(std::string_view raw, Buffer& decoded, std::string_view& path) {
  path = raw;
  if (raw.find('%') != std::string_view::npos) {
    decoded.clear();
    if (!PercentDecode(raw, decoded)) return Reason::kHttpPathInvalid;
    path = AsText(decoded);
    // A slash that was hidden in an escape would make other segments of the path than a proxy saw.
    if (std::count(path.begin(), path.end(), '/') != std::count(raw.begin(), raw.end(), '/')) {
      return Reason::kHttpPathInvalid;
    }
  }
  return IsPath(path) ? Reason::kNone : Reason::kHttpPathInvalid;
}

}  // namespace

Reason ParseTarget(std::string_view text, bool may_be_star, Buffer& decoded, Target& target) {
  if (!IsFieldValue(text) || text.find_first_of(" \t") != std::string_view::npos) return Reason::kHttpMalformed;
  // A fragment is for the client alone; nothing is refused because of one.
  text = text.substr(0, text.find('#'));
  if (text == "*" && may_be_star) {
    target.path = text;
    return Reason::kNone;
  }
  if (text.empty()) return Reason::kHttpMalformed;
  if (text[0] != '/' && !TakeOrigin(text, target.host)) return Reason::kHttpMalformed;

  const size_t question = std::min(text.find('?'), text.size());
  target.query = text.substr(std::min(question + 1, text.size()));
  const std::string_view raw = text.substr(0, question);
  return DecodePath(raw.empty() ? "/" : raw, decoded, target.path);
}

bool IsHost(std::string_view text) {
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=:[]%";
  return text.size() <= kMaxHost && std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kMarks.find(c) != std::string_view::npos;
         });
}

}  // namespace weir::http
