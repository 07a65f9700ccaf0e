// Playing, client by client.
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

const char* kPlayStarts =
    "2 event 0 1\n"
    "5/1 onStatus 0 null {level='status' code='NetStream.Play.Reset' description='Playing and resetting stream.' "
    "details='s'}\n"
    "5/1 onStatus 0 null {level='status' code='NetStream.Play.Start' description='Started playing stream.' "
    "details='s'}\n"
    "5/1 data '|RtmpSampleAccess' true true\n";

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

}  // namespace
}  // namespace weir::rtmp
