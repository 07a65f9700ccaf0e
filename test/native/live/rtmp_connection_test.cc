#include "live/rtmp_connection.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/live/client_end.h"

namespace weir {
namespace {

using test::Boolean;
using test::ClientEnd;
using test::Text;

const char* kNames[] = {"connect", "publish", "play",   "published",  "unpublished", "playing",
                        "stopped", "refused", "closed", "turnedAway", "notice",      "connectionStats"};

class RtmpConnectionTest : public testing::Test {
 protected:
  RtmpConnectionTest() {
    play_.key = publish_.key = {"v", "live", "s"};
    publish_.republish_wait = 60'000;
  }
  ~RtmpConnectionTest() override { shard_.CloseAll(Reason::kShutdown); }

  // Takes the events and, when told so, grants every request. "3 play\n" is a play of connection 3.
  std::string Events(bool answer = true) {
    std::string text;
    for (const Event& event : engine_.TakeEvents()) {
      text += std::to_string(event.connection) + " " + kNames[static_cast<int>(event.type)];
      if (event.reason != Reason::kNone) text += std::string(" ") + ReasonName(event.reason);
      text += "\n";
      if (answer) Answer(event);
    }
    return text;
  }
  void Answer(const Event& event) {
    Connection* waiting = engine_.handles().Find(event.connection).connection;
    if (waiting == nullptr) return;
    if (event.type == Event::Type::kConnect) waiting->Decide({Request::kConnect, AcceptedConnect{}});
    if (event.type == Event::Type::kPublish) waiting->Decide({Request::kPublish, publish_});
    if (event.type == Event::Type::kPlay) waiting->Decide({Request::kPlay, play_});
  }
  // Both sides, and the decisions, until nothing happens any more.
  std::string Run(ClientEnd& client) {
    std::string log;
    for (std::string more = "x"; !more.empty();) {
      more = client.Pump();
      log += more;
      more += Events();
    }
    return log;
  }
  std::unique_ptr<ClientEnd> Client(bool publish, int send_buffer = 0) {
    auto client = std::make_unique<ClientEnd>(engine_, shard_, send_buffer);
    client->Begin("s", publish);
    return client;
  }
  std::unique_ptr<ClientEnd> Publisher() {
    auto client = Client(true);
    EXPECT_EQ(Run(*client), "NetStream.Publish.Start\n");
    return client;
  }
  void PublishKeyFrame(ClientEnd& publisher, uint32_t timestamp) {
    publisher.Media(9, timestamp, "17 00 000000 01");
    publisher.Media(9, timestamp, "17 01 000000 aa");
    publisher.Pump();
  }

  Engine engine_{EngineOptions{}, [] {}};
  Shard shard_{engine_, 0};
  PublishGrant publish_;
  PlayGrant play_;
};

TEST_F(RtmpConnectionTest, PlaysWhatIsPublished) {
  auto publisher = Publisher();
  PublishKeyFrame(*publisher, 5'000'000);
  auto player = Client(false);
  EXPECT_EQ(Run(*player),
            "NetStream.Play.Reset\nNetStream.Play.Start\n"
            "9 6/1 @0 170000000001\n9 6/1 @0 1701000000aa\n");
  publisher->Media(9, 5'000'040, "27 01 000000 bb");
  publisher->Pump();
  EXPECT_EQ(player->Pump(), "9 6/1 @40 2701000000bb\n");
}

TEST_F(RtmpConnectionTest, TellsTheWholeStoryInOrder) {
  auto publisher = Client(true);
  publisher->Pump();
  EXPECT_EQ(Events(), "1 connect\n");
  publisher->Pump();
  EXPECT_EQ(Events(), "1 publish\n");
  publisher->Pump();
  EXPECT_EQ(Events(), "1 published\n");
  auto player = Client(false);
  player->Pump();
  EXPECT_EQ(Events(), "2 connect\n");
  player->Pump();
  EXPECT_EQ(Events(), "2 play\n");
  player->Pump();
  EXPECT_EQ(Events(), "2 playing\n");
  player->Call("closeStream", {});
  player->Pump();
  EXPECT_EQ(Events(), "2 stopped finished\n");
  player->HangUp();
  player->Pump();
  publisher->HangUp();
  publisher->Pump();
  EXPECT_EQ(Events(), "2 closed peer_closed\n1 unpublished peer_closed\n1 closed peer_closed\n");
}

TEST_F(RtmpConnectionTest, RefusesASecondPublisher) {
  auto first = Publisher();
  auto second = Client(true);
  EXPECT_EQ(Run(*second), "NetStream.Publish.BadName\nrefused\nclosed\n");
  EXPECT_FALSE(first->is_closed());
}

TEST_F(RtmpConnectionTest, ATakeoverChangesThePublisherAndNothingForPlayers) {
  publish_.takeover = true;
  publish_.republish_wait = 0;
  publish_.close_after_wait = true;
  auto first = Publisher();
  PublishKeyFrame(*first, 1'000);
  auto player = Client(false);
  Run(*player);
  auto second = Client(true);
  EXPECT_EQ(Run(*second), "NetStream.Publish.Start\n");
  first->Pump();
  EXPECT_TRUE(first->is_closed());
  PublishKeyFrame(*second, 9'000'000);
  EXPECT_EQ(player->Pump(), "9 6/1 @40 170000000001\n9 6/1 @40 1701000000aa\n");
}

TEST_F(RtmpConnectionTest, AMissingStreamIsRefusedWhereThatIsWanted) {
  play_.refuse_missing = true;
  auto player = Client(false);
  EXPECT_EQ(Run(*player), "NetStream.Play.StreamNotFound\nrefused\nclosed\n");
}

TEST_F(RtmpConnectionTest, PausesAndGoesOnAtTheNewestKeyFrame) {
  auto publisher = Publisher();
  PublishKeyFrame(*publisher, 0);
  auto player = Client(false);
  Run(*player);
  player->Call("pause", {Boolean(true)});
  EXPECT_EQ(player->Pump(), "NetStream.Pause.Notify\n");
  PublishKeyFrame(*publisher, 400);
  publisher->Media(9, 440, "27 01 000000 bb");
  publisher->Pump();
  EXPECT_EQ(player->Pump(), "");
  player->Call("pause", {Boolean(false)});
  // A message without content keeps the idle track's clock near: it is a part of the stream as any other.
  EXPECT_EQ(player->Pump(),
            "NetStream.Unpause.Notify\n"
            "9 6/1 @400 170000000001\n9 6/1 @400 1701000000aa\n9 6/1 @440 2701000000bb\n");
}

TEST_F(RtmpConnectionTest, PlaysAgainOnTheSameConnection) {
  auto publisher = Publisher();
  PublishKeyFrame(*publisher, 0);
  auto player = Client(false);
  Run(*player);
  PublishKeyFrame(*publisher, 2'000);
  player->Pump();
  player->Call("closeStream", {});
  player->Call("play", {Text("s")});
  EXPECT_EQ(Run(*player),
            "NetStream.Play.Reset\nNetStream.Play.Start\n"
            "9 6/1 @0 170000000001\n9 6/1 @40 1701000000aa\n");
}

// How many questions a peer may ask without reading an answer until it is closed.
int PingsUntilClosed(ClientEnd& client) {
  for (int i = 0; i < 1'000'000; ++i) {
    if (client.connection().closed()) return i;
    client.Ping();
    client.Push();
  }
  return -1;
}

TEST_F(RtmpConnectionTest, APlayThatFindsTheOutboxFullEndsTheConnection) {
  constexpr int kSmallBuffer = 4'000;
  auto connect = [this] {
    auto client = Client(false, kSmallBuffer);
    client->Pump();
    Events();  // connect
    client->Pump();
    return client;  // its play waits
  };
  // A stream is asked for, so the session reads nothing: the questions come behind another play on the same connection.
  auto probe = connect();
  Run(*probe);
  int most = PingsUntilClosed(*probe);
  ASSERT_GT(most, 1'000);
  Events();
  // One less, and the next thing said is one too many.
  auto player = connect();
  Run(*player);
  for (int i = 0; i < most - 1; ++i) {
    player->Ping();
    player->Push();
  }
  ASSERT_FALSE(player->connection().closed());
  player->Call("play", {Text("s")});
  player->Push();
  std::string story = Events();
  story += Events();
  EXPECT_TRUE(story.find("closed outbox_overflow") != std::string::npos) << story;
  // What was told of it ends with its end.
  EXPECT_EQ(story.substr(story.rfind("closed")), "closed outbox_overflow\n") << story;
}

TEST_F(RtmpConnectionTest, ARequestThatEndsItsOwnConnectionIsNotAsked) {
  auto publisher = Publisher();
  auto player = Client(false, 4'000);
  Run(*player);
  // So much of an entry is in flight that its rest can't be finished: the role can't be left, the connection ends.
  publisher->Media(9, 0, "17 01 000000" + std::string(600'000, 'a'));
  publisher->Pump();
  player->connection().OnIo(kWritable);
  Events();
  player->Call("play", {Text("s")});
  player->Push();
  EXPECT_TRUE(player->connection().closed());
  std::string id = std::to_string(player->id());
  EXPECT_EQ(Events(), id + " stopped finished\n" + id + " closed finished\n");
}

}  // namespace
}  // namespace weir
