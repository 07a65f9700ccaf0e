#include "proto/rtmp/client_session.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/proto/peer.h"

namespace weir::rtmp {
namespace {

using test::Hex;
using test::Null;
using test::Number;
using test::Object;
using test::Text;

class Log : public ClientSessionSink {
 public:
  void OnReady(uint32_t stream_id) override { text += "ready " + std::to_string(stream_id) + "\n"; }
  void OnMedia(const Message& m) override {
    text += "media " + std::to_string(m.type) + " " + test::ToHex(m.payload) + "\n";
  }
  void OnStatus(const ServerStatus& s) override { text += "status " + std::string(s.code) + "\n"; }
  void OnRefused(const ServerStatus& s) override {
    text += "refused " + std::string(s.code) + ": " + std::string(s.description) + "\n";
  }
  std::string text;
};

// A client whose server is the test.
struct Client {
  ClientSession session;
  Log log;
  Buffer out;
  ChunkReader reader;

  explicit Client(bool publish) {
    session.Start({.tc_url = "rtmp://h/live",
                   .app = "live",
                   .stream = "s",
                   .publish = publish,
                   .flash_version = "F",
                   .chunk_size = 4096},
                  out);
  }
  Reason Reply(uint32_t stream_id, std::string_view name, std::initializer_list<Buffer> arguments) {
    const Buffer body = test::CommandBody(name, arguments);
    return session.Input({.type = kTypeCommand, .csid = 3, .stream_id = stream_id, .payload = body}, out, log);
  }
  std::string Sent() {
    std::string text;
    ByteView in(out);
    while (reader.Next(in) == ChunkReader::Step::kMessage) text += test::ShowSent(reader.message()) + "\n";
    out.clear();
    return text;
  }
};

Buffer Status(const char* level, const char* code) {
  return Object({{"level", Text(level)}, {"code", Text(code)}, {"description", Text("why")}});
}

TEST(ClientSession, PublishesTheWayThatEveryServerUnderstands) {
  Client client(true);
  EXPECT_EQ(client.Sent(),
            "2 chunk_size 4096\n"
            "3/0 connect 1 {app='live' type='nonprivate' flashVer='F' tcUrl='rtmp://h/live'}\n");
  EXPECT_EQ(client.Reply(0, "_result", {Number(1), Object({}), Status("status", "NetConnection.Connect.Success")}),
            Reason::kNone);
  EXPECT_EQ(client.Sent(),
            "3/0 releaseStream 2 null 's'\n"
            "3/0 FCPublish 3 null 's'\n"
            "3/0 createStream 4 null\n");
  EXPECT_EQ(client.Reply(0, "_error", {Number(2), Null(), Status("error", "x")}), Reason::kNone);  // nobody minds
  EXPECT_EQ(client.Reply(0, "_result", {Number(4), Null(), Number(5)}), Reason::kNone);
  EXPECT_EQ(client.Sent(), "8/5 publish 5 null 's' 'live'\n");
  EXPECT_EQ(client.Reply(5, "onStatus", {Number(0), Null(), Status("status", "NetStream.Publish.Start")}),
            Reason::kNone);
  EXPECT_EQ(client.log.text, "status NetStream.Publish.Start\nready 5\n");
  EXPECT_TRUE(client.session.ready());

  const Buffer payload = Hex("020000");
  client.session.SendMedia(kTypeData, 0, payload, client.out);
  EXPECT_EQ(client.Sent(), "4/5 data ''\n");
  client.session.Stop(client.out);
  EXPECT_EQ(client.Sent(), "3/0 FCUnpublish 6 null 's'\n3/0 deleteStream 7 null 5\n");
}

TEST(ClientSession, TellsWhatAStreamHasPassedThrough) {
  ClientSession session;
  Buffer out;
  ClientRequest request{.tc_url = "rtmp://h/live", .app = "live", .stream = "s", .relay_path = "a,b"};
  request.publish = true;
  session.Start(request, out);
  test::Peer server;
  ChunkReader reader;
  ByteView in(out);
  while (reader.Next(in) == ChunkReader::Step::kMessage) {
    ASSERT_EQ(server.Send(reader.message()), Reason::kNone);
  }
  ASSERT_TRUE(server.session.waiting());
  EXPECT_EQ(server.session.relay_path(), "a,b");
  EXPECT_EQ(server.session.page_url(), "");
  EXPECT_EQ(server.session.app(), "live");
}

TEST(ServerSession, HearsOfItFromFfmpegBehindTheCommandObject) {
  test::Peer server;
  const Buffer connect = test::Object({{"app", test::Text("live")}, {"tcUrl", test::Text("rtmp://h/live")}});
  const Buffer more = test::Object({{"weirPath", test::Text("a,tb")}});
  ASSERT_EQ(server.Call(0, "connect", {test::Number(1), connect, more}), Reason::kNone);
  EXPECT_EQ(server.session.relay_path(), "a,tb");
}

TEST(ClientSession, PlaysAndUnpacksWhatComes) {
  Client client(false);
  EXPECT_NE(client.Sent().find("fpad=false capabilities=15"), std::string::npos);
  EXPECT_EQ(client.Reply(0, "_result", {Number(1), Object({}), Object({})}), Reason::kNone);
  EXPECT_EQ(client.Reply(0, "onBWDone", {Number(0), Null()}), Reason::kNone);
  EXPECT_EQ(client.Reply(0, "_result", {Number(4), Null(), Number(1)}), Reason::kNone);
  EXPECT_EQ(client.Sent(),
            "2 window 2500000\n"
            "3/0 createStream 4 null\n"
            "8/1 play 5 null 's' -2000\n"
            "2 event 3 1\n");
  EXPECT_EQ(client.Reply(1, "onStatus", {Number(0), Null(), Status("status", "NetStream.Play.Reset")}), Reason::kNone);
  EXPECT_EQ(client.Reply(1, "onStatus", {Number(0), Null(), Status("status", "NetStream.Play.Start")}), Reason::kNone);
  const Buffer aggregate = Hex("08 000001 000000 00 000000 2f 0000000c 09 000001 000000 00 000000 27 0000000c");
  EXPECT_EQ(client.session.Input({.type = kTypeAggregate, .csid = 4, .stream_id = 1, .payload = aggregate}, client.out,
                                 client.log),
            Reason::kNone);
  EXPECT_EQ(client.log.text,
            "status NetStream.Play.Reset\nstatus NetStream.Play.Start\nready 1\nmedia 8 2f\nmedia 9 27\n");
  client.session.Stop(client.out);
  EXPECT_EQ(client.Sent(), "3/0 deleteStream 7 null 1\n");
}

TEST(ClientSession, TellsARefusalOnce) {
  Client rejected(true);
  EXPECT_EQ(rejected.Reply(0, "_error", {Number(1), Null(), Status("error", "NetConnection.Connect.Rejected")}),
            Reason::kNone);
  EXPECT_EQ(rejected.Reply(0, "_error", {Number(1), Null(), Status("error", "NetConnection.Connect.Rejected")}),
            Reason::kNone);
  EXPECT_EQ(rejected.log.text, "refused NetConnection.Connect.Rejected: why\n");

  Client busy(true);
  EXPECT_EQ(busy.Reply(0, "_result", {Number(1), Object({}), Object({})}), Reason::kNone);
  EXPECT_EQ(busy.Reply(0, "_result", {Number(4), Null(), Number(1)}), Reason::kNone);
  EXPECT_EQ(busy.Reply(1, "onStatus", {Number(0), Null(), Status("error", "NetStream.Publish.BadName")}),
            Reason::kNone);
  EXPECT_EQ(busy.log.text, "status NetStream.Publish.BadName\nrefused NetStream.Publish.BadName: why\n");
  EXPECT_FALSE(busy.session.ready());
}

TEST(ClientSession, RefusesNonsense) {
  Client client(true);
  EXPECT_EQ(client.session.Input({.type = kTypeCommand, .csid = 3, .payload = Hex("05")}, client.out, client.log),
            Reason::kAmfMalformed);
  EXPECT_EQ(client.Reply(0, "_result", {Number(1)}), Reason::kNone);
  EXPECT_EQ(client.Reply(0, "_result", {Number(4), Null()}), Reason::kAmfMalformed);
  EXPECT_EQ(client.Reply(0, "_result", {Number(4), Null(), Number(-1)}), Reason::kCommandMalformed);
  EXPECT_EQ(client.Reply(0, "_result", {Number(4), Null(), Number(1e300)}), Reason::kCommandMalformed);
}

TEST(ClientSession, AnswersPingsAndAcknowledges) {
  Client client(false);
  client.Sent();
  EXPECT_EQ(client.session.Input({.type = kTypeUserControl, .csid = 2, .payload = Hex("0006 00000009")}, client.out,
                                 client.log),
            Reason::kNone);
  client.session.CountReceived(1'000'000, client.out);  // no window, no acknowledgement
  EXPECT_EQ(
      client.session.Input({.type = kTypeWindowAckSize, .csid = 2, .payload = Hex("000003e8")}, client.out, client.log),
      Reason::kNone);
  client.session.CountReceived(1, client.out);
  EXPECT_EQ(client.Sent(), "2 event 7 9\n2 ack 1000001\n");
}

TEST(ClientSession, MeetsOurServer) {
  for (const bool publish : {true, false}) {
    Client client(publish);
    test::Peer server;
    ChunkReader to_server;
    ChunkReader to_client;
    for (int turn = 0; turn < 10 && !client.session.ready(); ++turn) {
      ByteView in(client.out);
      while (to_server.Next(in) == ChunkReader::Step::kMessage) {
        ASSERT_EQ(server.Send(to_server.message()), Reason::kNone);
        if (!server.session.waiting()) continue;
        if (!server.session.connected()) {
          server.session.AcceptConnect({.server = "w"}, 60000, server.out());
        } else if (publish) {
          server.session.AcceptPublish(server.out());
        } else {
          server.session.AcceptPlay(server.out());
        }
      }
      client.out.clear();
      in = server.out();
      while (to_client.Next(in) == ChunkReader::Step::kMessage) {
        ASSERT_EQ(client.session.Input(to_client.message(), client.out, client.log), Reason::kNone);
      }
      server.out().clear();
    }
    EXPECT_TRUE(client.session.ready());
    EXPECT_EQ(server.session.role(), publish ? Role::kPublisher : Role::kPlayer);
  }
}

}  // namespace
}  // namespace weir::rtmp
