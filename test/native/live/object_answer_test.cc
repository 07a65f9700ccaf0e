#include "live/object_answer.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

StoredObject Object(std::string_view body, std::string etag = "\"a\"") {
  StoredObject object;
  object.body = Buffer(body.begin(), body.end());
  object.content_type = "text/plain";
  object.cache_control = "max-age=1";
  object.etag = std::move(etag);
  return object;
}

http::RequestFields Get() {
  http::RequestFields request;
  request.method = http::Method::kGet;
  return request;
}

std::string Show(const ObjectAnswer& answer) {
  std::string text =
      std::to_string(answer.status) + " " + std::to_string(answer.from) + "+" + std::to_string(answer.size);
  return answer.content_range.empty() ? text : text + " " + answer.content_range;
}

std::string AnswerTo(const http::RequestFields& request) {
  return Show(AnswerFor(Object("0123456789"), false, request));
}

TEST(ObjectAnswerTest, TheWhole) { EXPECT_EQ(AnswerTo(Get()), "200 0+10"); }

TEST(ObjectAnswerTest, ARange) {
  http::RequestFields request = Get();
  request.range = "bytes=2-4";
  EXPECT_EQ(AnswerTo(request), "206 2+3 bytes 2-4/10");
  request.range = "bytes=-3";
  EXPECT_EQ(AnswerTo(request), "206 7+3 bytes 7-9/10");
  request.range = "bytes=8-";
  EXPECT_EQ(AnswerTo(request), "206 8+2 bytes 8-9/10");
  request.range = "bytes=0-9007199254740991";  // what asks for a part of unknown length
  EXPECT_EQ(AnswerTo(request), "206 0+10 bytes 0-9/10");
  request.range = "bytes=10-";
  EXPECT_EQ(AnswerTo(request), "416 0+0 bytes */10");
  for (const char* other : {"bytes=1-2,4-5", "bytes=5-2", "lines=1-2", "bytes=x"}) {
    request.range = other;
    EXPECT_EQ(AnswerTo(request), "200 0+10") << other;
  }
}

TEST(ObjectAnswerTest, ARangeIsForGetAlone) {
  http::RequestFields request = Get();
  request.method = http::Method::kHead;
  request.range = "bytes=2-4";
  EXPECT_EQ(AnswerTo(request), "200 0+10");
}

TEST(ObjectAnswerTest, IfRangeMustNameTheTag) {
  http::RequestFields request = Get();
  request.range = "bytes=2-4";
  request.if_range = "\"a\"";
  EXPECT_EQ(AnswerTo(request), "206 2+3 bytes 2-4/10");
  for (const char* other : {"\"b\"", "W/\"a\"", "Sun, 06 Nov 1994 08:49:37 GMT"}) {
    request.if_range = other;
    EXPECT_EQ(AnswerTo(request), "200 0+10") << other;
  }
}

TEST(ObjectAnswerTest, NotModified) {
  http::RequestFields request = Get();
  request.if_none_match = "\"x\", W/\"a\"";
  EXPECT_EQ(AnswerTo(request), "304 0+0");
  request.range = "bytes=20-";  // the condition comes first
  EXPECT_EQ(AnswerTo(request), "304 0+0");
  request.if_none_match = "\"b\"";
  request.range = {};
  EXPECT_EQ(AnswerTo(request), "200 0+10");
  EXPECT_EQ(Show(AnswerFor(Object("0123", ""), false, request)), "200 0+4");
}

TEST(ObjectAnswerTest, ADeltaIsSentWholeAndHasNoTag) {
  StoredObject object = Object("the whole list");
  object.live.emplace().delta = Buffer{'d', 'e', 'l'};
  http::RequestFields request = Get();
  request.range = "bytes=1-1";
  ObjectAnswer answer = AnswerFor(object, true, request);
  EXPECT_EQ(Show(answer), "200 0+3");
  Buffer head;
  AppendObjectHead(head, {.status = 200}, object, answer);
  EXPECT_EQ(AsText(head).find("ETag"), std::string_view::npos);
  EXPECT_EQ(AsText(head).find("Accept-Ranges"), std::string_view::npos);
}

TEST(ObjectAnswerTest, TheHeadSaysWhatItIs) {
  Buffer head;
  StoredObject object = Object("0123456789");
  AppendObjectHead(head, {.status = 206, .keep_alive = true}, object,
                   {.status = 206, .from = 1, .size = 2, .content_range = "bytes 1-2/10"});
  for (const char* line : {"HTTP/1.1 206 Partial Content\r\n", "Content-Type: text/plain\r\n", "Content-Length: 2\r\n",
                           "Content-Range: bytes 1-2/10\r\n", "Accept-Ranges: bytes\r\n",
                           "Cache-Control: max-age=1\r\n", "ETag: \"a\"\r\n", "Connection: keep-alive\r\n"}) {
    EXPECT_NE(AsText(head).find(line), std::string_view::npos) << line;
  }
}

TEST(ObjectAnswerTest, ElsewhereIsToldWithoutABody) {
  StoredObject object = Object("", "");
  object.location = "/players/";
  ObjectAnswer answer = AnswerFor(object, false, Get());
  EXPECT_EQ(Show(answer), "301 0+0");
  Buffer head;
  AppendObjectHead(head, {.status = 301, .keep_alive = true}, object, answer);
  EXPECT_NE(AsText(head).find("Location: /players/\r\n"), std::string_view::npos);
  EXPECT_NE(AsText(head).find("Content-Length: 0\r\n"), std::string_view::npos);
}

TEST(ObjectAnswerTest, AnEmptyObject) {
  http::RequestFields request = Get();
  EXPECT_EQ(Show(AnswerFor(Object(""), false, request)), "200 0+0");
  request.range = "bytes=0-";
  EXPECT_EQ(Show(AnswerFor(Object(""), false, request)), "416 0+0 bytes */0");
}

}  // namespace
}  // namespace weir
