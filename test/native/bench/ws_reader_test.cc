// How the load generator reads a WebSocket server, and the frames that no server may send.
#include "bench/load/ws_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/ws/frame_reader.h"
#include "proto/ws/frame_writer.h"

namespace weir::load {
namespace {

using Step = WsReader::Step;

// What was read, as text: payloads, "<ping>", "<close>", and what is wrong with it.
std::string Read(ByteView stream, size_t piece) {
  WsReader reader;
  std::string seen;
  for (size_t at = 0; at < stream.size(); at += piece) {
    ByteView in = stream.subspan(at, std::min(piece, stream.size() - at));
    for (Step step; (step = reader.Next(in)) != Step::kMore;) {
      std::string payload(AsText(reader.payload()));
      if (step == Step::kPayload) seen += payload;
      if (step == Step::kPing) seen += "<ping " + payload + ">";
      if (step == Step::kClose) seen += "<close " + std::to_string(reader.close_code()) + ">";
      if (step == Step::kBroken) return seen + "<broken: " + reader.problem() + ">";
    }
  }
  return seen;
}

std::string ReadAllWays(ByteView stream) {
  std::string seen = Read(stream, stream.size());
  for (size_t piece = 1; piece < 9; ++piece) EXPECT_EQ(Read(stream, piece), seen) << "in pieces of " << piece;
  return seen;
}

std::string ReadAllWays(std::string_view stream) { return ReadAllWays(AsBytes(stream)); }

TEST(WsReader, ReadsFramesOfEveryLength) {
  for (size_t size : {0, 1, 125, 126, 65'535, 65'536, 100'000}) {
    Buffer stream;
    std::string payload(size, 'x');
    ws::AppendFrame(stream, ws::Opcode::kBinary, AsBytes(payload));
    ws::AppendFrame(stream, ws::Opcode::kBinary, AsBytes("."));
    EXPECT_EQ(ReadAllWays(stream), payload + ".") << size;
  }
}

TEST(WsReader, JoinsFragmentsAroundControlFrames) {
  EXPECT_EQ(ReadAllWays(std::string_view("\x02\x01"
                                         "a\x89\x02hi\x8a\x00\x00\x01"
                                         "b\x80\x01"
                                         "c\x88\x02\x03\xe8",
                                         19)),
            "a<ping hi>bc<close 1000>");
  EXPECT_EQ(ReadAllWays(std::string_view("\x88\x00", 2)), "<close 1005>");
}

TEST(WsReader, RefusesWhatNoServerMaySend) {
  auto refused = [](std::string_view stream) { return ReadAllWays(stream).find("<broken") != std::string::npos; };
  EXPECT_TRUE(refused(std::string_view("\xc2\x00", 2)));                                   // reserved bit
  EXPECT_TRUE(refused(std::string_view("\x82\x80\x00\x00\x00\x00", 6)));                   // masked
  EXPECT_TRUE(refused(std::string_view("\x81\x00", 2)));                                   // text
  EXPECT_TRUE(refused(std::string_view("\x83\x00", 2)));                                   // unknown
  EXPECT_TRUE(refused(std::string_view("\x80\x00", 2)));                                   // nothing to continue
  EXPECT_TRUE(refused(std::string_view("\x02\x00\x82\x00", 4)));                           // not continued
  EXPECT_TRUE(refused(std::string_view("\x09\x00", 2)));                                   // a ping in fragments
  EXPECT_TRUE(refused(std::string_view("\x89\x7e\x00\x7e", 4)));                           // a long ping
  EXPECT_TRUE(refused(std::string_view("\x82\x7e\x00\x05", 4)));                           // 5 in two bytes
  EXPECT_TRUE(refused(std::string_view("\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10)));  // in eight
  EXPECT_TRUE(refused(std::string_view("\x82\x7f\xff\x00\x00\x00\x00\x00\xff\xff", 10)));  // negative
}

TEST(WsReader, WritesFramesThatAServerUnderstands) {
  Buffer stream;
  AppendClientFrame(stream, ws::Opcode::kPong, AsBytes("hello"));
  ws::FrameReader server;
  ByteView in = stream;
  ASSERT_EQ(server.Next(in), ws::FrameReader::Step::kMessage);
  EXPECT_EQ(server.message().opcode, ws::Opcode::kPong);
  EXPECT_EQ(AsText(server.message().payload), "hello");
}

}  // namespace
}  // namespace weir::load
