// Publishing, client by client, and the media of an accepted publisher.
#include "proto/rtmp/server_session.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/proto/peer.h"

namespace weir::rtmp {
namespace {

using test::Hex;
using test::Null;
using test::Number;
using test::Peer;
using test::Text;

const char* kPublishStart =
    "5/1 onStatus 0 null {level='status' code='NetStream.Publish.Start' description='Started publishing stream.' "
    "details='s'}\n";
const char* kUnpublished =
    "5/1 onStatus 0 null {level='status' code='NetStream.Unpublish.Success' description='Stream is now "
    "unpublished.'}\n";

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

}  // namespace
}  // namespace weir::rtmp
