#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/http/request_reader.h"

namespace weir::http {
namespace {

std::string Show(const Request& request) {
  constexpr const char* kMethods[] = {"GET", "HEAD", "OPTIONS", "other"};
  std::string text = kMethods[static_cast<int>(request.method)];
  text += request.is_http_1_0 ? " 1.0 " : " 1.1 ";
  text += std::string(request.path) + " ?" + std::string(request.query) + " @" + std::string(request.host);
  text += request.keep_alive ? " keep" : " close";
  const std::pair<const char*, std::string_view> fields[] = {
      {"accept", request.accept},
      {"agent", request.user_agent},
      {"referer", request.referer},
      {"for", request.forwarded_for},
      {"origin", request.origin},
      {"method", request.request_method},
      {"headers", request.request_headers},
      {"range", request.range},
      {"if-range", request.if_range},
      {"none-match", request.if_none_match},
      {"upgrade", request.upgrade},
      {"key", request.websocket_key},
      {"version", request.websocket_version},
      {"protocol", request.websocket_protocol},
  };
  if (request.connection_upgrade) text += " +upgrade";
  for (const auto& [name, value] : fields) {
    if (!value.empty()) text += std::string(" ") + name + "=" + std::string(value);
  }
  return text + "\n";
}

struct ReadRun {
  std::string requests;
  std::string rest;  // after the last piece was looked at
  Reason reason = Reason::kNone;
};

// Feeds the pieces each from its own memory, so that ASan sees a view that outlives it.
ReadRun Read(const std::vector<std::string_view>& pieces) {
  RequestReader reader;
  ReadRun run;
  for (const std::string_view piece : pieces) {
    const Buffer own(AsBytes(piece).begin(), AsBytes(piece).end());
    ByteView in(own);
    auto step = RequestReader::Step::kRequest;
    while (step == RequestReader::Step::kRequest) {
      Request request;
      step = reader.Next(in, request);
      if (step == RequestReader::Step::kRequest) run.requests += Show(request);
    }
    if (step == RequestReader::Step::kMore) {
      EXPECT_TRUE(in.empty());
    }
    EXPECT_EQ(step == RequestReader::Step::kBroken, reader.reason() != Reason::kNone);
  }
  run.reason = reader.reason();
  return run;
}

// Whole, cut in two at every place, and byte by byte.
void ExpectRead(const std::string& wire, const std::string& requests, Reason reason = Reason::kNone) {
  const std::string_view text = wire;
  std::vector<std::string_view> single;
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    const ReadRun run = Read({text.substr(0, cut), text.substr(cut)});
    ASSERT_EQ(run.requests, requests) << wire << " cut at " << cut;
    ASSERT_EQ(run.reason, reason) << wire << " cut at " << cut;
    if (cut < text.size()) single.push_back(text.substr(cut, 1));
  }
  const ReadRun run = Read(single);
  EXPECT_EQ(run.requests, requests) << wire;
  EXPECT_EQ(run.reason, reason) << wire;
}

void ExpectBroken(const std::string& wire, Reason reason) { ExpectRead(wire, "", reason); }

std::string Get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

TEST(HttpRequest, ReadsWhatAPlayerAsksFor) {
  ExpectRead(
      "GET /live/livestream.flv?vhost=a&onlyAudio=1 HTTP/1.1\r\nUser-Agent: Lavf/59.27.100\r\nAccept: */*\r\n"
      "Range: bytes=0-\r\nConnection: close\r\nHost: 127.0.0.1:8080\r\nIcy-MetaData: 1\r\n\r\n",
      "GET 1.1 /live/livestream.flv ?vhost=a&onlyAudio=1 @127.0.0.1:8080 close accept=*/* agent=Lavf/59.27.100 "
      "range=bytes=0-\n");
  ExpectRead("HEAD / HTTP/1.0\r\n\r\n", "HEAD 1.0 / ? @ close\n");
  ExpectRead("GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET 1.0 /a ? @ keep\n");
  ExpectRead("GET /a HTTP/1.7\r\nhOST:h \r\n\r\n", "GET 1.1 /a ? @h keep\n");
}

TEST(HttpRequest, ReadsWhatABrowserAsksFor) {
  ExpectRead(
      "GET /live/s.flv HTTP/1.1\r\nHost: h:8080\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
      "Origin: http://page\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Protocol: flv, other\r\nReferer: http://page/x\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n\r\n",
      "GET 1.1 /live/s.flv ? @h:8080 keep +upgrade referer=http://page/x for=10.0.0.1, 10.0.0.2 origin=http://page "
      "upgrade=websocket key=dGhlIHNhbXBsZSBub25jZQ== version=13 protocol=flv, other\n");
  ExpectRead(
      "OPTIONS /a.m3u8 HTTP/1.1\r\nHost: h\r\nAccess-Control-Request-Method: GET\r\n"
      "Access-Control-Request-Headers: range\r\nIf-None-Match: \"x\"\r\nIf-Range: \"y\"\r\n\r\n",
      "OPTIONS 1.1 /a.m3u8 ? @h keep method=GET headers=range if-range=\"y\" none-match=\"x\"\n");
  ExpectRead("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS 1.1 * ? @h keep\n");
}

TEST(HttpRequest, ReadsPipelinedRequestsAndLeavesTheRest) {
  ExpectRead(Get("/1") + "\r\n" + Get("/2", "Connection: close\r\n") + "HEAD /3 HTTP/1.0\n\n",
             "GET 1.1 /1 ? @h keep\nGET 1.1 /2 ? @h close\nHEAD 1.0 /3 ? @ close\n");

  RequestReader reader;
  Request request;
  const std::string wire = Get("/1") + "\x81\x85rest";
  ByteView in = AsBytes(wire);
  ASSERT_EQ(reader.Next(in, request), RequestReader::Step::kRequest);
  EXPECT_EQ(AsText(in), "\x81\x85rest");
}

TEST(HttpRequest, TakesLinesThatEndWithLfAlone) {
  ExpectRead("GET /a HTTP/1.1\nHost: h\nRange: bytes=1-\n\n", "GET 1.1 /a ? @h keep range=bytes=1-\n");
  ExpectRead("\nGET /a HTTP/1.1\r\nHost: h\n\r\n", "GET 1.1 /a ? @h keep\n");
  ExpectBroken("GET /a HTTP/1.1\rHost: h\r\n\r\n", Reason::kHttpMalformed);
  ExpectBroken("GET /a HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", Reason::kHttpMalformed);
  ExpectBroken("\r\n\r\n", Reason::kHttpMalformed);
}

TEST(HttpRequest, DecodesThePathOnce) {
  ExpectRead(Get("/a%20b/%e6%b5%81.flv?x=%2e"), "GET 1.1 /a b/\xe6\xb5\x81.flv ?x=%2e @h keep\n");
  ExpectRead(Get("/%252e%252e/x"), "GET 1.1 /%2e%2e/x ? @h keep\n");
  ExpectRead(Get("/\xe6\xb5\x81"), "GET 1.1 /\xe6\xb5\x81 ? @h keep\n");
  ExpectRead(Get("/a..b/...//c."), "GET 1.1 /a..b/...//c. ? @h keep\n");
  ExpectRead(Get("/a?"), "GET 1.1 /a ? @h keep\n");
  ExpectRead(Get("/a?b?c/../d#e"), "GET 1.1 /a ?b?c/../d @h keep\n");
}

TEST(HttpRequest, RefusesPathsThatLeadElsewhere) {
  for (const char* path :
       {"/..",    "/../etc/passwd", "/a/../b", "/a/..",     "/./a",  "/a/.",      "/%2e%2e/a", "/.%2E/a",
        "/a%2fb", "/a%2Fb",         "/a%00",   "/a%0d%0ab", "/a%7f", "/a%5cb",    "/a\\b",     "/%c0%ae%c0%ae/",
        "/%ff",   "/\xff",          "/a%",     "/a%2",      "/a%zz", "/%ed%a0%80"}) {
    ExpectBroken(Get(path), Reason::kHttpPathInvalid);
  }
}

TEST(HttpRequest, TakesAbsoluteTargets) {
  ExpectRead(Get("http://other:81/a?b"), "GET 1.1 /a ?b @other:81 keep\n");
  ExpectRead(Get("HTTPS://[::1]:81"), "GET 1.1 / ? @[::1]:81 keep\n");
  ExpectRead(Get("ws://o?q=/"), "GET 1.1 / ?q=/ @o keep\n");
  ExpectRead("GET http://o/ HTTP/1.0\r\n\r\n", "GET 1.0 / ? @o close\n");
}

TEST(HttpRequest, RefusesMalformedTargets) {
  for (const char* target : {"a", "*", "", "#", "ftp://h/", "http://", "http:///a", "http://u@h/", "h:80", "/a b",
                             "/a\tb", "/a\x01", "//\x7f"}) {
    ExpectBroken(Get(target), Reason::kHttpMalformed);
  }
}

TEST(HttpRequest, RefusesMalformedHeads) {
  for (const char* head : {"GET / HTTP/1.1\r\n\r\n",                          // no Host
                           "GET http://h/ HTTP/1.1\r\n\r\n",                  // neither
                           "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",    // two
                           "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",             // no host
                           "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",    // goes on
                           "GET / HTTP/1.1\r\n Host: h\r\n\r\n",              // begins with a space
                           "GET / HTTP/1.1\r\nHost : h\r\n\r\n",              // space before the colon
                           "GET / HTTP/1.1\r\nHost: h\r\nnothing\r\n\r\n",    // no colon
                           "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n",        // no name
                           "GET / HTTP/1.1\r\nHost: h\r\nX: a\x01z\r\n\r\n",  // control character
                           "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0, 0\r\n\r\n",
                           "GET /\r\n\r\n",
                           "GET  HTTP/1.1\r\n\r\n",
                           "/ HTTP/1.1\r\n\r\n",
                           "G:T / HTTP/1.1\r\n\r\n",
                           "GET / http/1.1\r\n\r\n",
                           "GET / HTTP/1.10\r\n\r\n",
                           "GET / HTTP/x.1\r\n\r\n",
                           "OPTIONS * RTSP/1.0\r\n\r\n"}) {
    ExpectBroken(head, Reason::kHttpMalformed);
  }
  ExpectBroken(Get("/", std::string("X: a\0b\r\n", 8)), Reason::kHttpMalformed);
}

TEST(HttpRequest, RefusesBodiesAndOtherVersions) {
  ExpectRead(Get("/", "Content-Length: 0\r\n"), "GET 1.1 / ? @h keep\n");
  ExpectBroken(Get("/", "Content-Length: 00012\r\n"), Reason::kHttpBody);
  ExpectBroken(Get("/", "Transfer-Encoding: chunked\r\n"), Reason::kHttpBody);
  ExpectBroken("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Reason::kHttpVersion);
  ExpectBroken("GET / HTTP/0.9\r\n\r\n", Reason::kHttpVersion);
}

TEST(HttpRequest, KnowsStrangersByTheirFirstByte) {
  for (const char* first : {"\x16", "\x03", " ", "\x80", "("}) ExpectBroken(first, Reason::kHttpMalformed);
}

TEST(HttpRequest, ReportsOtherMethodsAndKeepsNoneOfThem) {
  ExpectRead("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n", "other 1.1  ? @ close\n");
  ExpectRead("get / HTTP/1.1\r\nHost: h\r\n\r\n", "other 1.1  ? @ close\n");
  ExpectRead("CONNECT h:443 HTTP/1.1\r\n\r\n", "other 1.1  ? @ close\n");
}

TEST(HttpRequest, CountsTheFirstOfFieldsThatComeTwice) {
  ExpectRead(Get("/", "Range: bytes=1-\r\nrange: bytes=2-\r\nConnection: x\r\nConnection: Close , y\r\n"),
             "GET 1.1 / ? @h close range=bytes=1-\n");
}

TEST(HttpRequest, HoldsItsBounds) {
  // The longest request line, then one more byte.
  const std::string path(kMaxRequestLine - std::string("GET / HTTP/1.1").size(), 'a');
  EXPECT_EQ(Read({Get("/" + path)}).requests, "GET 1.1 /" + path + " ? @h keep\n");
  EXPECT_EQ(Read({Get("/a" + path)}).reason, Reason::kHttpLineTooLong);
  EXPECT_EQ(Read({"GET /a" + path + " HTTP/1.1"}).reason, Reason::kNone);
  EXPECT_EQ(Read({"GET /aaaa" + path + " HTTP/1.1"}).reason, Reason::kHttpLineTooLong);

  const std::string host = "Host: h\r\n";
  const std::string field = "X: " + std::string(kMaxFields - host.size() - 5, 'x') + "\r\n";
  EXPECT_EQ(Read({Get("/", field)}).reason, Reason::kNone);
  EXPECT_EQ(Read({Get("/", "X" + field)}).reason, Reason::kHttpHeadTooLarge);

  std::string fields;
  for (int i = 1; i < kMaxFieldCount; ++i) fields += "A: b\r\n";
  EXPECT_EQ(Read({Get("/", fields)}).requests, "GET 1.1 / ? @h keep\n");
  EXPECT_EQ(Read({Get("/", fields + "A: b\r\n")}).reason, Reason::kHttpHeadTooLarge);
  EXPECT_EQ(StatusOf(Reason::kHttpHeadTooLarge), 431);
  EXPECT_EQ(StatusOf(Reason::kHttpLineTooLong), 414);
  EXPECT_EQ(StatusOf(Reason::kHttpVersion), 505);
  EXPECT_EQ(StatusOf(Reason::kHttpBody), 400);
}

TEST(HttpRequest, HoldsMemoryOnlyWhileAHeadIsIncomplete) {
  RequestReader reader;
  Request request;
  const std::string wire = Get("/a");
  ByteView in = AsBytes(wire).first(10);
  EXPECT_EQ(reader.Next(in, request), RequestReader::Step::kMore);
  EXPECT_EQ(reader.buffered(), 10u);
  in = AsBytes(wire).subspan(10);
  EXPECT_EQ(reader.Next(in, request), RequestReader::Step::kRequest);
  EXPECT_EQ(reader.buffered(), 0u);
  EXPECT_EQ(request.path, "/a");
  in = AsBytes("GET / HTTP/3.0\r\n\r");
  EXPECT_EQ(reader.Next(in, request), RequestReader::Step::kMore);
  in = AsBytes("\n");
  EXPECT_EQ(reader.Next(in, request), RequestReader::Step::kBroken);
  EXPECT_EQ(reader.buffered(), 0u);
  EXPECT_EQ(reader.Next(in, request), RequestReader::Step::kBroken);
}

TEST(HttpRequest, TellsTheHostFromItsPort) {
  EXPECT_EQ(HostName("a.b:8080"), "a.b");
  EXPECT_EQ(HostName("a.b"), "a.b");
  EXPECT_EQ(HostName("[::1]:8080"), "::1");
  EXPECT_EQ(HostName("[::1]"), "::1");
  EXPECT_EQ(HostName(""), "");
}

}  // namespace
}  // namespace weir::http
