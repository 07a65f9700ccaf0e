#include "proto/http/response.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/http/date.h"
#include "proto/http/error_body.h"

namespace weir::http {
namespace {

constexpr std::string_view kCors =
    "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Content-Length, Content-Range, Date\r\n";

std::string Head(const ResponseHead& head) {
  Buffer out;
  AppendHead(out, head);
  return std::string(AsText(out));
}

std::string Error(const ResponseHead& head, const ErrorBody& body) {
  Buffer out;
  AppendError(out, head, body);
  return std::string(AsText(out));
}

std::string BodyOf(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }

TEST(HttpResponse, OfALiveStreamEndsWithTheConnection) {
  EXPECT_EQ(Head({.keep_alive = true, .date = "today", .content_type = "video/x-flv", .cache_control = "no-store"}),
            "HTTP/1.1 200 OK\r\nServer: weir\r\nDate: today\r\nConnection: close\r\nContent-Type: video/x-flv\r\n"
            "Cache-Control: no-store\r\n" +
                std::string(kCors) + "\r\n");
}

TEST(HttpResponse, OfAnObjectKeepsTheConnection) {
  EXPECT_EQ(Head({.status = 206,
                  .keep_alive = true,
                  .cors = false,
                  .accept_ranges = true,
                  .content_length = 18446744073709551615u,
                  .content_type = "video/mp2t",
                  .etag = "\"a\"",
                  .content_range = "bytes 0-1/2",
                  .extra = "X: y\r\n"}),
            "HTTP/1.1 206 Partial Content\r\nServer: weir\r\nConnection: keep-alive\r\nContent-Type: video/mp2t\r\n"
            "Content-Length: 18446744073709551615\r\nContent-Range: bytes 0-1/2\r\nAccept-Ranges: bytes\r\n"
            "ETag: \"a\"\r\nX: y\r\n\r\n");
}

TEST(HttpResponse, HasNoLengthWhereTheStatusHasNoBody) {
  for (const int status : {101, 204, 304}) {
    const std::string head =
        Head({.status = status, .keep_alive = true, .cors = false, .content_length = 5, .content_type = "a/b"});
    EXPECT_EQ(head.find("Content-"), std::string::npos) << head;
    EXPECT_NE(head.find("keep-alive"), std::string::npos) << head;
  }
}

TEST(HttpResponse, LetsNoValueEndItsLine) {
  EXPECT_EQ(Head({.status = 302, .cors = false, .content_length = 0, .location = "/a\r\nSet-Cookie: x"}),
            "HTTP/1.1 302 Found\r\nServer: weir\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST(HttpResponse, AnswersOptions) {
  Buffer out;
  AppendPreflight(out, "today", true);
  EXPECT_EQ(AsText(out),
            "HTTP/1.1 204 No Content\r\nServer: weir\r\nDate: today\r\nConnection: keep-alive\r\n"
            "Allow: GET, HEAD, OPTIONS\r\n" +
                std::string(kCors) +
                "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"
                "Access-Control-Allow-Headers: *, Range, If-None-Match, Cache-Control\r\n"
                "Access-Control-Max-Age: 86400\r\n\r\n");
}

TEST(HttpError, SaysItInThreeForms) {
  const ResponseHead head = {.status = 404};
  EXPECT_EQ(BodyOf(Error(head, {})), "404 Not Found\n");
  EXPECT_EQ(BodyOf(Error(head, {.detail = "gone"})), "404 Not Found: gone\n");
  EXPECT_EQ(BodyOf(Error(head, {.form = ErrorForm::kJson, .detail = "a\"\\\n"})),
            "{\"code\":404,\"error\":\"a\\\"\\\\\\u000a\"}\n");
  const std::string html = Error(head, {.form = ErrorForm::kHtml, .detail = "<b>&"});
  EXPECT_NE(html.find("<p>&lt;b&gt;&amp;</p>"), std::string::npos) << html;
  EXPECT_NE(html.find("Content-Type: text/html"), std::string::npos) << html;
  EXPECT_NE(html.find("Access-Control-Allow-Origin: *"), std::string::npos) << html;
  EXPECT_NE(html.find("Content-Length: " + std::to_string(BodyOf(html).size())), std::string::npos) << html;
}

TEST(HttpError, HasNoBodyForHead) {
  const std::string response = Error({.status = 405, .allow = "GET"}, {.detail = "no", .head_only = true});
  EXPECT_EQ(BodyOf(response), "");
  EXPECT_NE(response.find("Content-Length: 27\r\n"), std::string::npos) << response;
  EXPECT_NE(response.find("Allow: GET\r\n"), std::string::npos) << response;
  EXPECT_NE(response.find("Cache-Control: no-store\r\n"), std::string::npos) << response;
}

TEST(HttpError, TakesTheFormThatTheClientReads) {
  EXPECT_EQ(ErrorFormFor("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"), ErrorForm::kHtml);
  EXPECT_EQ(ErrorFormFor("application/json; q=1, text/plain"), ErrorForm::kJson);
  EXPECT_EQ(ErrorFormFor("*/*"), ErrorForm::kText);
  EXPECT_EQ(ErrorFormFor(""), ErrorForm::kText);
}

TEST(HttpDate, WritesTheDateOfTheCalendar) {
  const std::pair<int64_t, const char*> cases[] = {
      {0, "Thu, 01 Jan 1970 00:00:00 GMT"},          {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
      {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},  {951868799, "Tue, 29 Feb 2000 23:59:59 GMT"},
      {1709164800, "Thu, 29 Feb 2024 00:00:00 GMT"}, {1735689599, "Tue, 31 Dec 2024 23:59:59 GMT"},
      {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"}, {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
  };
  for (const auto& [seconds, text] : cases) {
    const DateText date = HttpDate(seconds);
    EXPECT_EQ(std::string_view(date.data(), date.size()), text);
  }
}

}  // namespace
}  // namespace weir::http
