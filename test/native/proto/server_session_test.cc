// Connecting, and what concerns every connection.
#include "proto/rtmp/server_session.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/proto/peer.h"

namespace weir::rtmp {
namespace {

using test::Hex;
using test::Null;
using test::Number;
using test::Object;
using test::Peer;
using test::Text;

const char* kUnpublished =
    "5/1 onStatus 0 null {level='status' code='NetStream.Unpublish.Success' description='Stream is now "
    "unpublished.'}\n";

TEST(ServerSession, AnswersConnectInTheOrderThatClientsExpect) {
  Peer peer;
  EXPECT_EQ(peer.Call(0, "connect",
                      {Number(1), Object({{"app", Text("live")},
                                          {"flashVer", Text("FMLE/3.0")},
                                          {"tcUrl", Text("rtmp://h/live")},
                                          {"pageUrl", Text("http://p/")},
                                          {"objectEncoding", Number(3)}})}),
            Reason::kNone);
  EXPECT_TRUE(peer.session.waiting());
  EXPECT_EQ(peer.Reported(), "connect tcUrl=rtmp://h/live app=live page=http://p/ encoding=3\n");
  EXPECT_EQ(peer.Sent(), "");
  peer.session.AcceptConnect({.server = "weir/1"}, 60000, peer.out());
  EXPECT_EQ(
      peer.Sent(),
      "2 window 2500000\n"
      "2 bandwidth 2500000/2\n"
      "2 chunk_size 60000\n"
      "3/0 _result 1 {fmsVer='FMS/3,5,3,888' capabilities=31 mode=1} {level='status' "
      "code='NetConnection.Connect.Success' description='Connection succeeded.' objectEncoding=3 server='weir/1'}\n"
      "3/0 onBWDone 0 null\n");
  EXPECT_FALSE(peer.session.waiting());
  EXPECT_TRUE(peer.session.connected());
  EXPECT_EQ(peer.session.tc_url(), "rtmp://h/live");
  EXPECT_EQ(peer.session.app(), "live");
  EXPECT_EQ(peer.session.page_url(), "http://p/");
}

TEST(ServerSession, EchoesTheFourCcListOnlyToAClientThatSentOne) {
  Peer peer;
  Buffer list = Hex("0a 00000002");
  Append(list, ByteView(Text("hvc1")));
  Append(list, ByteView(Text("Opus")));
  ASSERT_EQ(peer.Call(0, "connect",
                      {Number(1), Object({{"app", Text("live")}, {"fourCcList", list}, {"capsEx", Number(3)}})}),
            Reason::kNone);
  peer.session.AcceptConnect({.server = "weir/1"}, 128, peer.out());
  EXPECT_NE(peer.Sent().find("server='weir/1' fourCcList=['hvc1' 'Opus'] capsEx=14 videoFourCcInfoMap={*=4} "
                             "audioFourCcInfoMap={*=4}}\n"),
            std::string::npos);
  EXPECT_TRUE(peer.session.can_reconnect());
  peer.session.RequestReconnect(peer.out());
  EXPECT_EQ(peer.Sent(),
            "3/0 onStatus 0 null {level='status' code='NetConnection.Connect.ReconnectRequest' description='The server "
            "is about to stop.'}\n");
  EXPECT_FALSE(peer.session.can_reconnect()) << "one is enough";

  Peer camera;  // Amcrest leaves when a result holds an array
  ASSERT_EQ(camera.Call(0, "connect", {Number(1), Object({{"app", Text("live")}})}), Reason::kNone);
  camera.session.AcceptConnect({.server = "weir/1"}, 128, camera.out());
  const std::string sent = camera.Sent();
  EXPECT_EQ(sent.find('['), std::string::npos);
  EXPECT_EQ(sent.find("FourCc"), std::string::npos);
  EXPECT_FALSE(camera.session.can_reconnect());
}

TEST(ServerSession, ReportsEveryKindOfConnect) {
  Peer peer;  // OSEE GoStream has no tcUrl; the transaction need not be 1; extra arguments are of any type
  EXPECT_EQ(
      peer.Call(0, "connect", {Number(7), Object({{"app", Text("live?token=x")}}), Text("user"), Number(5), Null()}),
      Reason::kNone);
  EXPECT_EQ(peer.Reported(), "connect tcUrl= app=live?token=x page= encoding=0 'user' 5 null\n");
  peer.session.AcceptConnect({.server = "w"}, 128, peer.out());
  EXPECT_NE(peer.Sent().find("_result 7 "), std::string::npos);
}

TEST(ServerSession, RefusesAConnectWithAReasonAndTakesAnother) {
  Peer peer;
  ASSERT_EQ(peer.Call(0, "connect", {Number(1), Object({{"app", Text("a")}})}), Reason::kNone);
  peer.session.RejectConnect("NetConnection.Connect.Rejected", "no such vhost", peer.out());
  EXPECT_EQ(peer.Sent(),
            "3/0 _error 1 null {level='error' code='NetConnection.Connect.Rejected' description='no such vhost'}\n");
  EXPECT_FALSE(peer.session.connected());
  EXPECT_EQ(peer.session.app(), "");
  EXPECT_EQ(peer.Call(0, "connect", {Number(1), Object({{"app", Text("b")}})}),
            Reason::kNone);  // RootEncoder's second try
  EXPECT_TRUE(peer.session.waiting());
}

TEST(ServerSession, EndsAConnectionThatBreaksTheOrder) {
  EXPECT_EQ(Peer().Call(0, "createStream", {Number(1), Null()}), Reason::kCommandOutOfOrder);
  EXPECT_EQ(Peer().Call(0, "play", {Number(1), Null(), Text("s")}), Reason::kCommandOutOfOrder);
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Call(0, "connect", {Number(1), Object({})}), Reason::kCommandOutOfOrder);
}

TEST(ServerSession, EndsAConnectionThatSendsMalformedCommands) {
  EXPECT_EQ(Peer().Call(0, "connect", {Number(1)}), Reason::kCommandMalformed);
  EXPECT_EQ(Peer().Call(0, "connect", {Number(1), Null()}), Reason::kCommandMalformed);
  EXPECT_EQ(Peer().Call(0, "connect", {Number(1), Hex("03 0003 61")}), Reason::kAmfMalformed);
  EXPECT_EQ(Peer().Call(0, "connect", {Number(1), Object({{"app", Text(std::string(4097, 'x'))}})}),
            Reason::kNameInvalid);
  EXPECT_EQ(Peer().Send({.type = kTypeCommand, .csid = 3, .payload = {}}), Reason::kAmfMalformed);
  EXPECT_EQ(Peer().Send({.type = kTypeCommand, .csid = 3, .payload = Hex("00 0000000000000000")}),
            Reason::kAmfMalformed);
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Call(1, "play", {Number(0), Null()}), Reason::kCommandMalformed);
  EXPECT_EQ(peer.Call(1, "publish", {Number(0), Null(), Text(std::string(4097, 'x'))}), Reason::kNameInvalid);
  EXPECT_EQ(peer.Send({.type = kTypeWindowAckSize, .csid = 2, .payload = Hex("0000")}), Reason::kChunkMalformed);
}

TEST(ServerSession, HandsOutABoundedNumberOfStreams) {
  Peer peer;
  peer.Connect();
  for (int id = 1; id <= kMaxStreams; ++id) {
    EXPECT_EQ(peer.Call(0, "createStream", {Number(2), Null()}), Reason::kNone);
    EXPECT_EQ(peer.Sent(), "3/0 _result 2 null " + std::to_string(id) + "\n");
  }
  EXPECT_EQ(peer.Call(0, "createStream", {Number(2), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Sent(),
            "3/0 _error 2 null {level='error' code='NetConnection.Call.Failed' description='Too many streams.'}\n");
  EXPECT_EQ(peer.Call(0, "deleteStream", {Number(0), Null(), Number(7)}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "createStream", {Number(2), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Sent(), "3/0 _result 2 null 7\n");
  for (const double id : {-1.0, 0.5, 17.0, 1e300, 0.0 / 0.0}) {
    EXPECT_EQ(peer.Call(0, "deleteStream", {Number(0), Null(), Number(id)}), Reason::kNone);
  }
}

TEST(ServerSession, AnswersUnknownCallsWhenAnAnswerIsAwaited) {
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Call(0, "setPeerInfo", {Number(9), Null(), Text("x")}), Reason::kNone);
  EXPECT_EQ(peer.Sent(), "3/0 _result 9 null undefined\n");
  EXPECT_EQ(peer.Call(0, "setPeerInfo", {Number(0), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "_result", {Number(9), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "_error", {Number(9), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "onStatus", {Number(9), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "pong", {}), Reason::kNone);
  EXPECT_EQ(peer.Sent(), "");
}

TEST(ServerSession, AnswersPingsAndPassesOverOtherEvents) {
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Send({.type = kTypeUserControl, .csid = 2, .payload = Hex("0006 01020304")}), Reason::kNone);
  EXPECT_EQ(peer.Sent(), "2 event 7 16909060\n");
  for (const char* event : {"", "1a", "001a", "001a 01", "0006", "001f 00000001", "ffff 00000000"}) {
    EXPECT_EQ(peer.Send({.type = kTypeUserControl, .csid = 2, .payload = Hex(event)}), Reason::kNone);
  }
  for (const uint8_t type : {3, 6, 7, 16, 19, 21, 255}) {
    EXPECT_EQ(peer.Send({.type = type, .csid = 2, .payload = Hex("00000000")}), Reason::kNone);
  }
  EXPECT_EQ(peer.Sent(), "");
}

TEST(ServerSession, AcknowledgesEachHalfWindow) {
  Peer peer;
  peer.Connect();
  peer.session.CountReceived(1'249'999, peer.out());
  EXPECT_EQ(peer.Sent(), "");
  peer.session.CountReceived(1, peer.out());
  EXPECT_EQ(peer.Sent(), "2 ack 1250000\n");
  EXPECT_EQ(peer.Send({.type = kTypeWindowAckSize, .csid = 2, .payload = Hex("000003e8")}), Reason::kNone);
  peer.session.CountReceived(499, peer.out());
  EXPECT_EQ(peer.Sent(), "");
  peer.session.CountReceived(1, peer.out());
  EXPECT_EQ(peer.Sent(), "2 ack 1250500\n");
  // The counter wraps at 32 bits and the rhythm goes on.
  peer.session.CountReceived(0xFFFFFFFFu - 1'250'500, peer.out());
  EXPECT_EQ(peer.Sent(), "2 ack 4294967295\n");
  peer.session.CountReceived(499, peer.out());
  EXPECT_EQ(peer.Sent(), "");
  peer.session.CountReceived(1, peer.out());
  EXPECT_EQ(peer.Sent(), "2 ack 499\n");
}

TEST(ServerSession, AcknowledgesNothingBeforeConnect) {
  Peer peer;  // HaishinKit takes all that follows S2 for a part of it
  peer.session.CountReceived(3'000'000, peer.out());
  EXPECT_EQ(peer.Sent(), "");
  peer.Connect();
  peer.session.CountReceived(1, peer.out());
  EXPECT_EQ(peer.Sent(), "2 ack 3000001\n");
}

TEST(ServerSession, TellsPlayersAndPublishersOfTheEnd) {
  Peer player;
  player.Play();
  player.session.NotifyUnpublish(player.out());
  player.session.NotifyPublish(player.out());
  EXPECT_EQ(player.Sent(),
            "5/1 onStatus 0 null {level='status' code='NetStream.Play.UnpublishNotify' description='Stream is now "
            "unpublished.'}\n"
            "5/1 onStatus 0 null {level='status' code='NetStream.Play.PublishNotify' description='Stream is now "
            "published.'}\n");
  player.session.Shutdown(player.out());
  EXPECT_EQ(player.Sent(),
            "5/1 onStatus 0 null {level='status' code='NetStream.Play.UnpublishNotify' description='Stream is now "
            "unpublished.'}\n"
            "5/1 onStatus 0 null {level='status' code='NetStream.Play.Stop' description='Stopped playing stream.'}\n"
            "2 event 1 1\n"
            "3/0 onStatus 0 null {level='error' code='NetConnection.Connect.AppShutdown' description='The server is "
            "shutting down.'}\n");

  Peer publisher;
  publisher.Publish();
  publisher.session.ReportPublishIdle(publisher.out());
  EXPECT_NE(publisher.Sent().find("NetStream.Publish.Idle"), std::string::npos);
  publisher.session.EndRole(publisher.out());
  EXPECT_EQ(publisher.Sent(), kUnpublished);
  EXPECT_EQ(publisher.session.role(), Role::kNone);
  EXPECT_EQ(publisher.Reported(), "");

  Peer nobody;
  nobody.session.Shutdown(nobody.out());
  EXPECT_EQ(nobody.Sent(), "");
}

TEST(ServerSession, IsSmall) { EXPECT_LE(sizeof(ServerSession), 64u); }

}  // namespace
}  // namespace weir::rtmp
