#include "proto/http/error_body.h"

#include <string>

#include "proto/http/tokens.h"

namespace weir::http {
namespace {

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string EscapeJson(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x20) {
      escaped += "\\u00";
      escaped += kHex[byte >> 4];
      escaped += kHex[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string BodyOf(int status, const ErrorBody& body) {
  const std::string title = std::to_string(status) + " " + std::string(ReasonPhrase(status));
  switch (body.form) {
    case ErrorForm::kHtml:
      return "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>" + title +
             "</title><h1>" + title + "</h1><p>" + EscapeHtml(body.detail) + "</p>\n";
    case ErrorForm::kJson:
      return "{\"code\":" + std::to_string(status) + ",\"error\":\"" + EscapeJson(body.detail) + "\"}\n";
    case ErrorForm::kText:
      break;
  }
  return title + (body.detail.empty() ? "" : ": " + std::string(body.detail)) + "\n";
}

std::string_view TypeOf(ErrorForm form) {
  switch (form) {
    case ErrorForm::kHtml:
      return "text/html; charset=utf-8";
    case ErrorForm::kJson:
      return "application/json; charset=utf-8";
    case ErrorForm::kText:
      break;
  }
  return "text/plain; charset=utf-8";
}

}  // namespace

ErrorForm ErrorFormFor(std::string_view accept) {
  std::string_view item;
  while (TakeListItem(accept, item)) {
    const std::string_view type = Trim(item.substr(0, item.find(';')));
    if (EqualsIgnoreCase(type, "text/html")) return ErrorForm::kHtml;
    if (EqualsIgnoreCase(type, "application/json")) return ErrorForm::kJson;
  }
  return ErrorForm::kText;
}

void AppendError(Buffer& out, ResponseHead head, const ErrorBody& body) {
  const std::string text = BodyOf(head.status, body);
  head.content_type = TypeOf(body.form);
  head.content_length = text.size();
  if (head.cache_control.empty()) head.cache_control = "no-store";
  AppendHead(out, head);
  if (!body.head_only) Append(out, text);
}

}  // namespace weir::http
