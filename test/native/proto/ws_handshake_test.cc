#include "proto/ws/handshake.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/http/request_reader.h"

namespace weir::ws {
namespace {

// RFC 6455, 1.3
constexpr const char* kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr const char* kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

struct Opening {
  std::string line = "GET /chat HTTP/1.1";
  std::string upgrade = "websocket";
  std::string connection = "Upgrade";
  std::string key = kKey;
  std::string version = "13";
  std::string protocol = "";
};

// Reads the opening and gives it to `use`, since a request is not to be moved.
template <class F>
void With(const Opening& opening, F use) {
  const std::string wire = opening.line + "\r\nHost: h\r\nUpgrade: " + opening.upgrade +
                           "\r\nConnection: " + opening.connection + "\r\nSec-WebSocket-Key: " + opening.key +
                           "\r\nSec-WebSocket-Version: " + opening.version +
                           "\r\nSec-WebSocket-Protocol: " + opening.protocol + "\r\n\r\n";
  http::RequestReader reader;
  http::Request request;
  ByteView in = AsBytes(wire);
  ASSERT_EQ(reader.Next(in, request), http::RequestReader::Step::kRequest) << wire;
  use(request);
}

Upgrade Check(const Opening& opening) {
  Upgrade verdict = Upgrade::kNone;
  With(opening, [&](const http::Request& request) { verdict = CheckUpgrade(request); });
  return verdict;
}

std::string Accept(const Opening& opening) {
  Buffer out;
  With(opening, [&](const http::Request& request) { AppendAccept(out, request, "today"); });
  return std::string(AsText(out));
}

TEST(WebSocketHandshake, AnswersTheKeyOfTheRfc) {
  EXPECT_EQ(AcceptKey(kKey), kAccept);
  EXPECT_EQ(Check({}), Upgrade::kAccept);
  EXPECT_EQ(Accept({}),
            "HTTP/1.1 101 Switching Protocols\r\nServer: weir\r\nDate: today\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
                std::string(kAccept) + "\r\n\r\n");
}

TEST(WebSocketHandshake, RepeatsTheFirstProtocolOnly) {
  EXPECT_NE(Accept({.protocol = "flv, chat"}).find("\r\nSec-WebSocket-Protocol: flv\r\n\r\n"), std::string::npos);
  EXPECT_EQ(Accept({.protocol = "no token"}).find("Protocol:"), std::string::npos);
}

TEST(WebSocketHandshake, TakesWhatBrowsersAndProxiesSend) {
  EXPECT_EQ(Check({.upgrade = "WebSocket", .connection = "keep-alive, upgrade"}), Upgrade::kAccept);
  EXPECT_EQ(Check({.upgrade = "h2c, websocket"}), Upgrade::kAccept);
}

TEST(WebSocketHandshake, LeavesOrdinaryRequestsAlone) {
  EXPECT_EQ(Check({.upgrade = "h2c"}), Upgrade::kNone);
  EXPECT_EQ(Check({.upgrade = ""}), Upgrade::kNone);
}

TEST(WebSocketHandshake, RefusesWhatIsNoUpgrade) {
  EXPECT_EQ(Check({.line = "HEAD /chat HTTP/1.1"}), Upgrade::kBroken);
  EXPECT_EQ(Check({.line = "GET /chat HTTP/1.0"}), Upgrade::kBroken);
  EXPECT_EQ(Check({.connection = "keep-alive"}), Upgrade::kBroken);
  EXPECT_EQ(Check({.key = ""}), Upgrade::kBroken);
  EXPECT_EQ(Check({.key = "AAAA"}), Upgrade::kBroken);
  EXPECT_EQ(Check({.key = "dGhlIHNhbXBsZSBub25jZQ"}), Upgrade::kBroken);
  EXPECT_EQ(Check({.version = ""}), Upgrade::kBroken);
  EXPECT_EQ(Check({.version = "8"}), Upgrade::kVersion);

  Buffer out;
  AppendRefusal(out, Upgrade::kVersion, "today");
  EXPECT_TRUE(AsText(out).starts_with("HTTP/1.1 426 Upgrade Required\r\n"));
  EXPECT_NE(AsText(out).find("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"),
            std::string_view::npos);
  out.clear();
  AppendRefusal(out, Upgrade::kBroken, "today");
  EXPECT_TRUE(AsText(out).starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

}  // namespace
}  // namespace weir::ws
