#include "proto/http/request_head.h"

#include <algorithm>

#include "proto/http/target.h"
#include "proto/http/tokens.h"

namespace weir::http {
namespace {

struct KnownField {
  std::string_view name;
  std::string_view RequestFields::*value;
};

constexpr KnownField kKnownFields[] = {
    {"accept", &RequestFields::accept},
    {"user-agent", &RequestFields::user_agent},
    {"referer", &RequestFields::referer},
    {"x-forwarded-for", &RequestFields::forwarded_for},
    {"origin", &RequestFields::origin},
    {"access-control-request-method", &RequestFields::request_method},
    {"access-control-request-headers", &RequestFields::request_headers},
    {"range", &RequestFields::range},
    {"if-range", &RequestFields::if_range},
    {"if-none-match", &RequestFields::if_none_match},
    {"upgrade", &RequestFields::upgrade},
    {"sec-websocket-key", &RequestFields::websocket_key},
    {"sec-websocket-version", &RequestFields::websocket_version},
    {"sec-websocket-protocol", &RequestFields::websocket_protocol},
};

// What the fields say beside their plain values.
struct FieldFacts {
  int hosts = 0;
  bool says_close = false;
  bool says_keep_alive = false;
  bool has_body = false;
};

// Without its end. REQUIRES: `text` has a whole line.
std::string_view TakeLine(std::string_view& text) {
  std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(line.size() + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// RFC 9112, 2.3. A minor version above 1 is answered like 1.1.
Reason ParseVersion(std::string_view text, bool& is_http_1_0) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' || !is_digit(text[7])) {
    return Reason::kHttpMalformed;
  }
  is_http_1_0 = text[7] == '0';
  return text[5] == '1' ? Reason::kNone : Reason::kHttpVersion;
}

Method MethodOf(std::string_view text) {
  if (text == "GET") return Method::kGet;
  if (text == "HEAD") return Method::kHead;
  return text == "OPTIONS" ? Method::kOptions : Method::kOther;
}

Reason ParseRequestLine(std::string_view line, Buffer& decoded, RequestFields& request) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == last || !IsToken(line.substr(0, first))) return Reason::kHttpMalformed;
  const Reason reason = ParseVersion(line.substr(last + 1), request.is_http_1_0);
  if (reason != Reason::kNone) return reason;

  request.method = MethodOf(line.substr(0, first));
  if (request.method == Method::kOther) return Reason::kNone;
  Target target;
  const Reason wrong =
      ParseTarget(line.substr(first + 1, last - first - 1), request.method == Method::kOptions, decoded, target);
  request.path = target.path;
  request.query = target.query;
  request.host = target.host;
  return wrong;
}

void ReadConnection(std::string_view list, RequestFields& request, FieldFacts& facts) {
  facts.says_close = facts.says_close || ListHas(list, "close");
  facts.says_keep_alive = facts.says_keep_alive || ListHas(list, "keep-alive");
  request.connection_upgrade = request.connection_upgrade || ListHas(list, "upgrade");
}

Reason ParseField(std::string_view line, RequestFields& request, FieldFacts& facts) {
  // A line that goes on from the one before begins with a space: no token (RFC 9112, 5.2 lets us refuse it).
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  if (colon == line.size() || !IsToken(name)) return Reason::kHttpMalformed;
  const std::string_view value = Trim(line.substr(colon + 1));
  if (!IsFieldValue(value)) return Reason::kHttpMalformed;

  if (EqualsIgnoreCase(name, "host")) {
    if (++facts.hosts > 1 || !IsHost(value)) return Reason::kHttpMalformed;
    if (request.host.empty()) request.host = value;
  } else if (EqualsIgnoreCase(name, "connection")) {
    ReadConnection(value, request, facts);
  } else if (EqualsIgnoreCase(name, "content-length")) {
    uint64_t length = 0;
    if (!ParseNumber(value, length)) return Reason::kHttpMalformed;
    facts.has_body = facts.has_body || length > 0;
  } else if (EqualsIgnoreCase(name, "transfer-encoding")) {
    facts.has_body = true;
  } else {
    for (const KnownField& known : kKnownFields) {
      if (!EqualsIgnoreCase(name, known.name)) continue;
      if ((request.*known.value).empty()) request.*known.value = value;
      break;
    }
  }
  return Reason::kNone;
}

}  // namespace

Reason ParseHead(ByteView head, Buffer& decoded, RequestFields& request) {
  std::string_view text = AsText(head);
  std::string_view line = TakeLine(text);
  if (line.empty()) line = TakeLine(text);
  Reason reason = ParseRequestLine(line, decoded, request);
  if (reason != Reason::kNone || request.method == Method::kOther) return reason;

  FieldFacts facts;
  for (line = TakeLine(text); !line.empty(); line = TakeLine(text)) {
    reason = ParseField(line, request, facts);
    if (reason != Reason::kNone) return reason;
  }
  // RFC 9112, 3.2: also where the target has a host of its own.
  if (facts.hosts == 0 && !request.is_http_1_0) return Reason::kHttpMalformed;
  if (facts.has_body) return Reason::kHttpBody;
  request.keep_alive = !facts.says_close && (!request.is_http_1_0 || facts.says_keep_alive);
  return Reason::kNone;
}

}  // namespace weir::http
