#include "proto/rtmp/server_session.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/proto/peer.h"

namespace weir::rtmp {
namespace {

using test::Boolean;
using test::Hex;
using test::Null;
using test::Number;
using test::Object;
using test::Peer;
using test::Text;
using test::Undefined;

const char* kPublishStart =
    "5/1 onStatus 0 null {level='status' code='NetStream.Publish.Start' description='Started publishing stream.' "
    "details='s'}\n";
const char* kUnpublished =
    "5/1 onStatus 0 null {level='status' code='NetStream.Unpublish.Success' description='Stream is now "
    "unpublished.'}\n";
const char* kPlayStarts =
    "2 event 0 1\n"
    "5/1 onStatus 0 null {level='status' code='NetStream.Play.Reset' description='Playing and resetting stream.' "
    "details='s'}\n"
    "5/1 onStatus 0 null {level='status' code='NetStream.Play.Start' description='Started playing stream.' "
    "details='s'}\n"
    "5/1 data '|RtmpSampleAccess' true true\n";

// Connecting.

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

// Publishing, client by client (wire-facts 3.2).

TEST(ServerSession, PublishesForObsAndFfmpeg) {
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Call(0, "releaseStream", {Number(2), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "FCPublish", {Number(3), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "createStream", {Number(4), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Sent(),
            "3/0 _result 2 null undefined\n"
            "3/0 _result 3 null undefined\n"
            "3/0 onFCPublish 3 null {level='status' code='NetStream.Publish.Start' description='Started publishing "
            "stream.'}\n"
            "3/0 _result 4 null 1\n");
  EXPECT_EQ(peer.Call(1, "publish", {Number(5), Null(), Text("s"), Text("live")}), Reason::kNone);
  EXPECT_TRUE(peer.session.waiting());
  EXPECT_EQ(peer.Reported(), "publish 1 's' live\n");
  EXPECT_EQ(peer.Sent(), "");
  peer.session.AcceptPublish(peer.out());
  EXPECT_EQ(peer.Sent(), kPublishStart);
  EXPECT_EQ(peer.session.role(), Role::kPublisher);

  EXPECT_EQ(peer.Call(0, "FCUnpublish", {Number(6), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "deleteStream", {Number(7), Null(), Number(1)}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "end unpublished\n");
  EXPECT_EQ(peer.Sent(),
            "3/0 onFCUnpublish 0 null {level='status' code='NetStream.Unpublish.Success' description='Stopped "
            "publishing stream.'}\n"
            "3/0 _result 6 null undefined\n" +
                std::string(kUnpublished));
  EXPECT_EQ(peer.session.role(), Role::kNone);
}

TEST(ServerSession, PublishesForGStreamerWhoseTransactionsAreZero) {
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Call(0, "createStream", {Number(2), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "releaseStream", {Number(0), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "FCPublish", {Number(0), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Sent(),
            "3/0 _result 2 null 1\n"
            "3/0 onFCPublish 0 null {level='status' code='NetStream.Publish.Start' description='Started publishing "
            "stream.'}\n");
  EXPECT_EQ(peer.Call(1, "publish", {Number(0), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "publish 1 's' \n");
  peer.session.AcceptPublish(peer.out());
  EXPECT_EQ(peer.Sent(), kPublishStart);
  EXPECT_EQ(peer.Call(0, "deleteStream", {Number(0), Null(), Text("s")}), Reason::kNone);  // the name, not the number
  EXPECT_EQ(peer.Reported(), "end deleted\n");
  EXPECT_EQ(peer.Sent(), kUnpublished);
}

TEST(ServerSession, PublishesForHaivisionWhichOrdersItsCommandsDifferently) {
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Call(0, "releaseStream", {Number(2), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "_checkbw", {Number(3), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "createStream", {Number(4), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "FCPublish", {Number(5), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Call(1, "publish", {Number(6), Null(), Text("s")}), Reason::kNone);
  EXPECT_TRUE(peer.session.waiting());
  EXPECT_NE(peer.Sent().find("3/0 _result 3 null undefined\n"), std::string::npos);
}

TEST(ServerSession, EndsAPublishByCloseStreamAndTakesTheNextOne) {
  Peer peer;  // RootEncoder, yasea: closeStream only
  peer.Publish();
  EXPECT_EQ(peer.Call(1, "closeStream", {Number(0), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "end closed\n");
  EXPECT_EQ(peer.Sent(), kUnpublished);
  EXPECT_EQ(peer.Call(1, "publish", {Number(0), Null(), Text("s"), Text("live")}), Reason::kNone);
  peer.session.AcceptPublish(peer.out());
  EXPECT_EQ(peer.Sent(), kPublishStart);
}

TEST(ServerSession, PassesOverTheNamelessPublishOfWirecast) {
  Peer peer;
  peer.Publish();
  EXPECT_EQ(peer.Call(1, "publish", {Number(9), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(1, "publish", {Number(9), Null(), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "");
  EXPECT_EQ(peer.session.role(), Role::kPublisher);
}

TEST(ServerSession, ReportsAnEmptyStreamNameForADecision) {
  Peer peer;  // ffmpeg with rtmp://host/app
  peer.Connect();
  EXPECT_EQ(peer.Call(1, "publish", {Number(5), Null(), Text(""), Text("live")}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "publish 1 '' live\n");
  peer.session.RejectPublish("NetStream.Publish.BadName", "empty", peer.out());
  EXPECT_EQ(peer.Sent(), "5/1 onStatus 0 null {level='error' code='NetStream.Publish.BadName' description='empty'}\n");
  EXPECT_EQ(peer.session.role(), Role::kNone);
}

TEST(ServerSession, ReplacesAPublishByAnotherOnTheSameStream) {
  Peer peer;
  peer.Publish();
  EXPECT_EQ(peer.Call(1, "publish", {Number(0), Null(), Text("t")}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "end replaced\npublish 1 't' \n");
  EXPECT_TRUE(peer.session.waiting());
}

TEST(ServerSession, HasOneRoleAtATime) {
  Peer peer;
  peer.Publish();
  EXPECT_EQ(peer.Call(0, "createStream", {Number(4), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Sent(), "3/0 _result 4 null 2\n");
  EXPECT_EQ(peer.Call(2, "play", {Number(0), Null(), Text("t")}), Reason::kNone);
  EXPECT_EQ(peer.Sent(),
            "5/2 onStatus 0 null {level='error' code='NetStream.Play.Failed' "
            "description='This connection publishes or plays already.' details='t'}\n");
  EXPECT_EQ(peer.Call(2, "publish", {Number(0), Null(), Text("t")}), Reason::kNone);
  EXPECT_NE(peer.Sent().find("NetStream.Publish.BadName"), std::string::npos);
  EXPECT_EQ(peer.Reported(), "");
  EXPECT_EQ(peer.session.role(), Role::kPublisher);
  // Deleting the other stream leaves the role alone.
  EXPECT_EQ(peer.Call(0, "deleteStream", {Number(0), Null(), Number(2)}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "");
}

// Media.

TEST(ServerSession, DeliversMediaOnlyWhilePublishing) {
  Peer peer;
  const Buffer frame = Hex("af0121");
  const Message audio{.type = kTypeAudio, .csid = 4, .stream_id = 1, .timestamp = 23, .payload = frame};
  EXPECT_EQ(peer.Send(audio), Reason::kNone);
  peer.Connect();
  EXPECT_EQ(peer.Send(audio), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "");

  Peer publisher;
  publisher.Publish();
  EXPECT_EQ(publisher.Send(audio), Reason::kNone);
  EXPECT_EQ(publisher.Reported(), "media 8@23 af0121\n");
  Message other = audio;
  other.stream_id = 2;
  EXPECT_EQ(publisher.Send(other), Reason::kNone);
  EXPECT_EQ(publisher.Reported(), "");
  other.stream_id = 0;  // cameras
  EXPECT_EQ(publisher.Send(other), Reason::kNone);
  EXPECT_EQ(publisher.Reported(), "media 8@23 af0121\n");
  EXPECT_EQ(publisher.Call(1, "closeStream", {Number(0), Null()}), Reason::kNone);
  publisher.Reported();
  EXPECT_EQ(publisher.Send(audio), Reason::kNone);
  EXPECT_EQ(publisher.Reported(), "");
}

TEST(ServerSession, TurnsAmf3DataIntoAmf0AndUnpacksAggregates) {
  Peer peer;
  peer.Publish();
  EXPECT_EQ(peer.Send({.type = kTypeDataAmf3, .csid = 4, .stream_id = 1, .timestamp = 5, .payload = Hex("00 020000")}),
            Reason::kNone);
  EXPECT_EQ(peer.Send({.type = kTypeDataAmf3, .csid = 4, .stream_id = 1, .timestamp = 5, .payload = Hex("020000")}),
            Reason::kNone);
  EXPECT_EQ(peer.Reported(), "media 18@5 020000\nmedia 18@5 020000\n");
  const Buffer aggregate =
      Hex("08 000001 000064 00 000000 2f 0000000c"
          "16 000001 000064 00 000000 2f 0000000c"  // one in another: passed over
          "0f 000004 000069 00 000000 00020000 0000000f"
          "09 000001 00006e 00 000000 27 0000000c");
  EXPECT_EQ(peer.Send({.type = kTypeAggregate, .csid = 4, .stream_id = 1, .timestamp = 1000, .payload = aggregate}),
            Reason::kNone);
  EXPECT_EQ(peer.Reported(), "media 8@1000 2f\nmedia 18@1005 020000\nmedia 9@1010 27\n");
}

// Playing, client by client (wire-facts 3.3).

TEST(ServerSession, PlaysForFfmpeg) {
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Send({.type = kTypeWindowAckSize, .csid = 2, .payload = Hex("002625a0")}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "createStream", {Number(2), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "FCSubscribe", {Number(3), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Call(0, "getStreamLength", {Number(4), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(
      peer.Sent(),
      "3/0 _result 2 null 1\n"
      "3/0 _result 3 null undefined\n"
      "3/0 onFCSubscribe 0 null {level='status' code='NetStream.Play.Start' description='Started playing stream.'}\n"
      "3/0 _result 4 null 0\n");
  EXPECT_EQ(peer.Call(1, "play", {Number(5), Null(), Text("s"), Number(-2000)}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "play 1 's' start=-2000 duration=-1 reset=1\n");
  EXPECT_TRUE(peer.session.waiting());
  peer.session.AcceptPlay(peer.out());
  EXPECT_EQ(peer.Sent(), kPlayStarts);
  EXPECT_EQ(peer.Send({.type = kTypeUserControl, .csid = 2, .payload = Hex("0003 00000001 00000bb8")}), Reason::kNone);
  EXPECT_EQ(peer.Sent(), "");
  EXPECT_EQ(peer.session.role(), Role::kPlayer);
  EXPECT_EQ(peer.session.stream_id(), 1u);
}

TEST(ServerSession, PlaysWithoutAStreamAndWithEveryArgument) {
  Peer peer;
  peer.Connect();
  EXPECT_EQ(peer.Call(0, "play", {Number(0), Undefined(), Text("s?k=v"), Number(-1), Number(5000), Number(0)}),
            Reason::kNone);
  EXPECT_EQ(peer.Reported(), "play 0 's?k=v' start=-1 duration=5000 reset=0\n");
  peer.session.RejectPlay("NetStream.Play.StreamNotFound", "nobody publishes it", peer.out());
  EXPECT_EQ(peer.Sent(),
            "3/0 onStatus 0 null {level='error' code='NetStream.Play.StreamNotFound' description='nobody publishes it' "
            "details='s?k=v'}\n");
  EXPECT_EQ(peer.Call(0, "play", {Number(0), Null(), Text("s"), Null(), Null(), Boolean(false)}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "play 0 's' start=-2000 duration=-1 reset=0\n");
}

TEST(ServerSession, TakesTheAmf3CommandsOfFlash) {
  Peer peer;
  Buffer body = Hex("00");
  Append(body, ByteView(test::CommandBody(
                   "connect", {Number(1), Object({{"app", Text("live")}, {"objectEncoding", Number(3)}})})));
  EXPECT_EQ(peer.Send({.type = kTypeCommandAmf3, .csid = 3, .payload = body}), Reason::kNone);
  peer.session.AcceptConnect({.server = "w"}, 128, peer.out());
  body = Hex("00 02 000c 63726561746553747265616d 11 04 02 05");  // createStream with an AMF3 integer
  EXPECT_EQ(peer.Send({.type = kTypeCommandAmf3, .csid = 3, .payload = body}), Reason::kNone);
  EXPECT_NE(peer.Sent().find("3/0 _result 2 null 1\n"), std::string::npos);
  body = Hex("00 02 0004 706c6179 00 0000000000000000 05 11 06 03 73");  // play(null, "s" in AMF3)
  EXPECT_EQ(peer.Send({.type = kTypeCommandAmf3, .csid = 8, .stream_id = 1, .payload = body}), Reason::kNone);
  EXPECT_NE(peer.Reported().find("play 1 's'"), std::string::npos);
}

TEST(ServerSession, PausesAndFilters) {
  Peer peer;
  peer.Play();
  EXPECT_EQ(peer.Call(1, "pause", {Number(0), Null(), Boolean(true), Number(1000)}), Reason::kNone);
  EXPECT_EQ(
      peer.Sent(),
      "5/1 onStatus 0 null {level='status' code='NetStream.Pause.Notify' description='Paused stream.'}\n2 event 1 1\n");
  EXPECT_EQ(peer.Call(1, "pause", {Number(0), Null(), Boolean(false), Number(1000)}), Reason::kNone);
  EXPECT_EQ(peer.Sent(),
            "5/1 onStatus 0 null {level='status' code='NetStream.Unpause.Notify' description='Unpaused stream.'}\n2 "
            "event 0 1\n");
  EXPECT_EQ(peer.Call(1, "receiveAudio", {Number(0), Null(), Boolean(false)}), Reason::kNone);
  EXPECT_EQ(peer.Call(1, "receiveVideo", {Number(0), Null(), Boolean(false)}), Reason::kNone);
  EXPECT_EQ(peer.Call(1, "receiveVideo", {Number(0), Null(), Boolean(true)}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "pause\nunpause\naudio off\nvideo off\nvideo on\n");
  EXPECT_EQ(peer.Call(1, "seek", {Number(0), Null(), Number(1000)}), Reason::kNone);
  EXPECT_NE(peer.Sent().find("NetStream.Seek.Failed"), std::string::npos);
}

TEST(ServerSession, PlaysAgainAfterCloseStream) {
  Peer peer;
  peer.Play();
  EXPECT_EQ(peer.Call(1, "closeStream", {Number(0), Null()}), Reason::kNone);
  EXPECT_EQ(peer.Sent(), "");
  EXPECT_EQ(peer.Call(1, "play", {Number(0), Null(), Text("s")}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "end closed\nplay 1 's' start=-2000 duration=-1 reset=1\n");
  peer.session.AcceptPlay(peer.out());
  EXPECT_EQ(peer.Sent(), kPlayStarts);
  EXPECT_EQ(peer.Call(1, "play", {Number(0), Null(), Text("t")}), Reason::kNone);
  EXPECT_EQ(peer.Reported(), "end replaced\nplay 1 't' start=-2000 duration=-1 reset=1\n");
}

TEST(ServerSession, PassesOverPlayerCommandsOfThoseWhoDoNotPlay) {
  Peer peer;
  peer.Publish();
  for (const char* name : {"pause", "seek", "receiveAudio", "receiveVideo"}) {
    EXPECT_EQ(peer.Call(1, name, {Number(0), Null(), Boolean(true)}), Reason::kNone);
  }
  EXPECT_EQ(peer.Reported(), "");
  EXPECT_EQ(peer.Sent(), "");
}

// The rest.

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
