// How the load generator reads responses: every body kind, cut at every byte, and what no server may send.
#include "bench/load/http_response.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::load {
namespace {

using Step = ResponseReader::Step;

struct Seen {
  int heads = 0;
  int ends = 0;
  std::string body;
  bool is_broken = false;
  bool operator==(const Seen&) const = default;
};

// Feeds the text in pieces of at most so many bytes.
Seen Read(ResponseReader& reader, std::string_view text, size_t piece) {
  Seen seen;
  while (!text.empty()) {
    ByteView in = AsBytes(text.substr(0, piece));
    text.remove_prefix(in.size());
    for (Step step; (step = reader.Next(in)) != Step::kMore;) {
      if (step == Step::kHead) ++seen.heads;
      if (step == Step::kBody) seen.body += AsText(reader.body());
      if (step == Step::kEnd) ++seen.ends;
      if (step == Step::kBroken) {
        seen.is_broken = true;
        return seen;
      }
      if (step == Step::kEnd && in.empty()) break;
    }
  }
  return seen;
}

Seen ReadAllWays(std::string_view text) {
  ResponseReader whole;
  Seen seen = Read(whole, text, text.size());
  for (size_t piece = 1; piece < 30; ++piece) {
    ResponseReader reader;
    EXPECT_EQ(Read(reader, text, piece), seen) << "in pieces of " << piece;
  }
  return seen;
}

TEST(ResponseReader, ReadsACountedBody) {
  Seen seen = ReadAllWays("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(seen, (Seen{.heads = 1, .ends = 1, .body = "hello"}));
}

TEST(ResponseReader, ReadsOneResponseAfterTheOther) {
  Seen seen = ReadAllWays(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
      "HTTP/1.1 404 Not Found\r\ncontent-length:1\r\n\r\nc");
  EXPECT_EQ(seen, (Seen{.heads = 3, .ends = 3, .body = "abc"}));
}

TEST(ResponseReader, ReadsAChunkedBody) {
  Seen seen = ReadAllWays(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nB;name=value\r\ndefghijklmn\r\n0\r\nTrailer: x\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz");
  EXPECT_EQ(seen, (Seen{.heads = 2, .ends = 2, .body = "abcdefghijklmnz"}));
}

TEST(ResponseReader, ReadsABodyThatEndsWithTheConnection) {
  ResponseReader reader;
  Seen seen = Read(reader, "HTTP/1.1 200 OK\r\n\r\nFLV...", 7);
  EXPECT_EQ(seen, (Seen{.heads = 1, .body = "FLV..."}));
  EXPECT_TRUE(reader.ends_with_connection());
  EXPECT_FALSE(reader.keeps_alive());
}

TEST(ResponseReader, LeavesWhatFollowsAnUpgradeToOthers) {
  ResponseReader reader;
  ByteView in = AsBytes("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: abc=\r\n\r\n\x82\x01z");
  ASSERT_EQ(reader.Next(in), Step::kHead);
  EXPECT_EQ(reader.status(), 101);
  EXPECT_EQ(reader.Header("sec-websocket-accept"), "abc=");
  EXPECT_EQ(AsText(in), "\x82\x01z");
}

TEST(ResponseReader, KnowsWhetherTheConnectionStays) {
  auto stays = [](std::string_view head) {
    ResponseReader reader;
    ByteView in = AsBytes(head);
    EXPECT_EQ(reader.Next(in), Step::kHead);
    return reader.keeps_alive();
  };
  EXPECT_TRUE(stays("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_FALSE(stays("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n"));
  EXPECT_FALSE(stays("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_TRUE(stays("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(ResponseReader, GoesOnBehindBytesThatWereTakenElsewhere) {
  ResponseReader reader;
  ByteView in = AsBytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabcd");
  ASSERT_EQ(reader.Next(in), Step::kHead);
  ASSERT_EQ(reader.Next(in), Step::kBody);
  ASSERT_EQ(reader.Next(in), Step::kMore);
  EXPECT_FALSE(reader.is_idle());
  EXPECT_EQ(reader.counted_left(), 996u);
  reader.Skip(990);
  ASSERT_EQ(reader.Next(in), Step::kMore);
  reader.Skip(6);
  EXPECT_EQ(reader.Next(in), Step::kEnd);
  EXPECT_TRUE(reader.is_idle());
  EXPECT_EQ(reader.counted_left(), 0u);
}

TEST(ResponseReader, RefusesWhatIsNoResponse) {
  for (std::string_view text : {
           "GARBAGE / 200\r\n\r\n",
           "HTTP/2.0 200 OK\r\n\r\n",
           "HTTP/1.1 2x0 OK\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
       }) {
    EXPECT_TRUE(ReadAllWays(text).is_broken) << text;
  }
  std::string endless = "HTTP/1.1 200 OK\r\nX: " + std::string(ResponseReader::kMaxHead, 'x');
  ResponseReader reader;
  EXPECT_TRUE(Read(reader, endless, 1000).is_broken);
}

}  // namespace
}  // namespace weir::load
