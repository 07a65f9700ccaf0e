#include "proto/http/response.h"

#include <algorithm>
#include <charconv>

#include "proto/http/tokens.h"

namespace weir::http {
namespace {

constexpr std::string_view kServer = "weir";

struct Status {
  int code;
  std::string_view phrase;
};

// RFC 9110, 15; 429 and 431: RFC 6585
constexpr Status kStatuses[] = {
    {101, "Switching Protocols"},
    {200, "OK"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {414, "URI Too Long"},
    {416, "Range Not Satisfiable"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

// RFC 9112, 6.3: the head is all there is.
bool HasNoBody(int status) { return status < 200 || status == 204 || status == 304; }

void AppendNumber(Buffer& out, uint64_t value) {
  char digits[20];
  const char* end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  Append(out, std::string_view(digits, end));
}

void AppendField(Buffer& out, std::string_view name, std::string_view value) {
  if (value.empty() || !IsFieldValue(value)) return;
  Append(out, name);
  Append(out, ": ");
  Append(out, value);
  Append(out, "\r\n");
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  const auto* found =
      std::find_if(std::begin(kStatuses), std::end(kStatuses), [&](const Status& s) { return s.code == status; });
  return found == std::end(kStatuses) ? "Unknown" : found->phrase;
}

void AppendHead(Buffer& out, const ResponseHead& head) {
  const bool has_body = !HasNoBody(head.status);
  const bool keeps = head.keep_alive && (head.content_length.has_value() || !has_body);
  Append(out, "HTTP/1.1 ");
  AppendNumber(out, static_cast<uint64_t>(head.status));
  AppendU8(out, ' ');
  Append(out, ReasonPhrase(head.status));
  Append(out, "\r\n");
  AppendField(out, "Server", kServer);
  AppendField(out, "Date", head.date);
  AppendField(out, "Connection", keeps ? "keep-alive" : "close");
  if (has_body) AppendField(out, "Content-Type", head.content_type);
  if (has_body && head.content_length.has_value()) {
    Append(out, "Content-Length: ");
    AppendNumber(out, *head.content_length);
    Append(out, "\r\n");
  }
  AppendField(out, "Content-Range", head.content_range);
  if (head.accept_ranges) AppendField(out, "Accept-Ranges", "bytes");
  AppendField(out, "Cache-Control", head.cache_control);
  AppendField(out, "ETag", head.etag);
  AppendField(out, "Location", head.location);
  AppendField(out, "Allow", head.allow);
  if (head.cors) {
    AppendField(out, "Access-Control-Allow-Origin", "*");
    // Without it a page of another origin can't read them: hls.js measures with the length and the date.
    AppendField(out, "Access-Control-Expose-Headers", "Content-Length, Content-Range, Date");
  }
  Append(out, head.extra);
  Append(out, "\r\n");
}

void AppendPreflight(Buffer& out, std::string_view date, bool keep_alive) {
  AppendHead(out, {.status = 204,
                   .keep_alive = keep_alive,
                   .date = date,
                   .allow = "GET, HEAD, OPTIONS",
                   // The star leaves out Authorization alone; Range stands beside it for browsers that don't know it.
                   .extra = "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"
                            "Access-Control-Allow-Headers: *, Range, If-None-Match, Cache-Control\r\n"
                            "Access-Control-Max-Age: 86400\r\n"});
}

}  // namespace weir::http
