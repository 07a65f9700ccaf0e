// Requests that wait, for what is to come or for a verdict.
#include <gtest/gtest.h>

#include <string>

#include "test/native/live/http_server.h"

namespace weir {
namespace {

using test::HttpAnswer;
using test::HttpClient;
using test::HttpServer;

StoredObject List(uint64_t msn, int64_t part, Millis hold = 30'000) {
  StoredObject list;
  list.content_type = "application/vnd.apple.mpegurl";
  list.live = LiveList{.end = {.msn = msn, .part = part, .previous_parts = 4}, .hold = hold};
  return list;
}

EngineOptions Threads(int threads) {
  EngineOptions options;
  options.threads = threads;
  return options;
}

// What is asked for waits, as the answer to another request behind it on the same connection would show.
void ExpectWaits(HttpClient& client) {
  timeval brief{0, 100'000};
  timeval limit{10, 0};
  setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
  EXPECT_FALSE(client.Receive());
  setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

TEST(HttpWaitingTest, APromisedObjectIsWaitedFor) {
  HttpServer server;
  ASSERT_TRUE(server.store().Promise("/part", {.hold = 30'000}));
  HttpClient client = server.Client();
  client.Ask("/part", "Range: bytes=1-2\r\n");
  ExpectWaits(client);
  server.Put("/part", "01234");
  EXPECT_EQ(client.Read().body, "12");
  ASSERT_TRUE(server.store().Promise("/part", {.hold = 30'000})) << "it is there: nothing";
  EXPECT_EQ(client.Get("/part").body, "01234");
}

TEST(HttpWaitingTest, APromiseThatIsTakenBackIsNotFound) {
  HttpServer server;
  ASSERT_TRUE(server.store().Promise("/part", {.hold = 30'000}));
  HttpClient client = server.Client();
  client.Ask("/part");
  ExpectWaits(client);
  EXPECT_TRUE(server.store().Remove("/part"));
  EXPECT_EQ(client.Read().status, 404);
}

TEST(HttpWaitingTest, APromiseThatIsNotKeptIsOverdue) {
  HttpServer server;
  ASSERT_TRUE(server.store().Promise("/part", {.hold = 300}));
  server.Put("/a", "1");
  HttpClient client = server.Client();
  client.Ask("/part");
  client.Ask("/a");
  EXPECT_EQ(client.Read().status, 503);
  EXPECT_EQ(client.Read().body, "1") << "the connection lives on";
  EXPECT_EQ(server.Refused(Reason::kObjectOverdue), 1u);
  server.Put("/part", "late");
  EXPECT_EQ(client.Get("/part").body, "late");
}

TEST(HttpWaitingTest, AListIsHeldUntilItHasThePart) {
  HttpServer server;
  server.Put("/s.m3u8", "10.1", List(10, 1));
  HttpClient client = server.Client();
  EXPECT_EQ(client.Get("/s.m3u8").body, "10.1");
  EXPECT_EQ(client.Get("/s.m3u8?_HLS_msn=10&_HLS_part=1").body, "10.1");
  client.Ask("/s.m3u8?_HLS_msn=10&_HLS_part=2");
  HttpClient whole = server.Client();
  whole.Ask("/s.m3u8?_HLS_msn=10");
  ExpectWaits(client);
  server.Put("/s.m3u8", "10.2", List(10, 2));
  EXPECT_EQ(client.Read().body, "10.2");
  ExpectWaits(whole);
  server.Put("/s.m3u8", "11", List(11, -1));
  EXPECT_EQ(whole.Read().body, "11");
  EXPECT_EQ(client.Get("/s.m3u8?_HLS_msn=13").status, 400);
  EXPECT_EQ(client.Get("/s.m3u8?_HLS_part=1").status, 400);
  EXPECT_EQ(server.Refused(Reason::kHlsReloadInvalid), 2u);
}

TEST(HttpWaitingTest, TheEndReleasesEverybody) {
  HttpServer server(Threads(2));
  server.Put("/s.m3u8", "live", List(10, 1));
  std::vector<HttpClient> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(server.Client());
    clients.back().Ask(i % 2 == 0 ? "/s.m3u8?_HLS_msn=11" : "/s.m3u8?_HLS_msn=10&_HLS_part=2");
  }
  ExpectWaits(clients.back());
  StoredObject ended = List(11, -1);
  ended.live->end.has_ended = true;
  server.Put("/s.m3u8", "ended", std::move(ended));
  for (HttpClient& client : clients) EXPECT_EQ(client.Read().body, "ended");
  EXPECT_EQ(clients[0].Get("/s.m3u8?_HLS_msn=99&_HLS_part=7").body, "ended");
}

TEST(HttpWaitingTest, AListThatDoesNotGrowIsAnsweredWith503NotWithItself) {
  HttpServer server;
  server.Put("/s.m3u8", "10", List(10, -1, 300));
  HttpClient client = server.Client();
  EXPECT_EQ(client.Get("/s.m3u8?_HLS_msn=10").status, 503);
  EXPECT_EQ(client.Get("/s.m3u8").status, 200);
}

TEST(HttpWaitingTest, ADeltaIsForThoseWhoAskForOne) {
  HttpServer server;
  StoredObject list = List(10, 1);
  list.live->delta = Buffer{'d'};
  server.Put("/s.m3u8", "whole", list.live ? std::move(list) : StoredObject{});
  HttpClient client = server.Client();
  EXPECT_EQ(client.Get("/s.m3u8?_HLS_skip=YES").body, "d");
  EXPECT_EQ(client.Get("/s.m3u8?_HLS_msn=9&_HLS_skip=v2").body, "d");
  EXPECT_EQ(client.Get("/s.m3u8?_HLS_skip=NO").body, "whole");
}

TEST(HttpWaitingTest, WaitersThatLeaveAreForgotten) {
  HttpServer server(Threads(2));
  ASSERT_TRUE(server.store().Promise("/part", {.hold = 300}));
  for (int i = 0; i < 20; ++i) {
    HttpClient client = server.Client();
    client.Ask("/part");
  }
  EXPECT_TRUE(server.Becomes([](const EngineStats& stats) { return stats.connections == 0; }));
  server.Put("/part", "x");
  EXPECT_EQ(server.Client().Get("/part").body, "x");
}

class GuardedStream : public testing::Test {
 protected:
  explicit GuardedStream(Millis grant = 60'000) {
    view_ = server_.store().OpenView({"v", "live", "s"}, {.ask = true, .grant = grant, .idle = grant});
    StoredObject list = List(10, 1);
    list.view = view_;
    server_.Put("/s.m3u8", "list", std::move(list));
    StoredObject piece;
    piece.view = view_;
    piece.is_piece = true;
    server_.Put("/1.ts", "piece", std::move(piece));
    EXPECT_TRUE(server_.store().Promise("/2.ts", {.view = view_, .hold = 30'000, .is_piece = true}));
  }
  bool Reject(const Event& question) {
    return server_.engine().Decide(question.connection, {Request::kPlay, Rejected{Reason::kRejected, "", "no"}});
  }

  HttpServer server_{Threads(2)};
  uint64_t view_ = 0;
};

TEST_F(GuardedStream, IsAskedAboutOnceAndThenServed) {
  HttpClient other = server_.Client();
  EXPECT_EQ(other.Get("/1.ts").status, 403);
  EXPECT_EQ(other.Get("/2.ts").status, 403);
  HttpClient client = server_.Client();
  client.Ask("/s.m3u8?token=1&_HLS_msn=9");
  Event question = server_.Next(Event::Type::kPlay);
  EXPECT_EQ(question.protocol, "hls");
  EXPECT_EQ(question.query, "token=1");
  EXPECT_EQ(question.name, "/s.m3u8");
  EXPECT_EQ(question.view, view_);
  EXPECT_EQ(question.key.stream, "s");
  EXPECT_FALSE(question.again);
  other.Ask("/s.m3u8?token=1");
  ExpectWaits(other);
  EXPECT_TRUE(server_.engine().AcceptView(question.connection));
  EXPECT_EQ(client.Read().body, "list");
  EXPECT_EQ(other.Read().body, "list");
  EXPECT_EQ(client.Get("/1.ts").body, "piece");
  EXPECT_EQ(other.Get("/1.ts").body, "piece");
  EXPECT_TRUE(server_.engine().TakeEvents().empty()) << "one question";
  client.Ask("/2.ts");
  ExpectWaits(client);
  StoredObject piece;
  piece.view = view_;
  piece.is_piece = true;
  server_.Put("/2.ts", "part", std::move(piece));
  EXPECT_EQ(client.Read().body, "part");
}

TEST_F(GuardedStream, IsRefused) {
  HttpClient client = server_.Client();
  client.Ask("/s.m3u8");
  EXPECT_TRUE(Reject(server_.Next(Event::Type::kPlay)));
  EXPECT_EQ(client.Read().status, 403);
  EXPECT_EQ(client.Get("/s.m3u8").status, 403);
  EXPECT_EQ(client.Get("/1.ts").status, 403);
  EXPECT_TRUE(server_.engine().TakeEvents().empty());
  EXPECT_EQ(server_.Refused(Reason::kRejected), 2u);
}

TEST_F(GuardedStream, WhoAsksForAPromisedListIsAskedAboutAndWaits) {
  ASSERT_TRUE(server_.store().Promise("/later.m3u8", {.view = view_, .hold = 30'000}));
  HttpClient client = server_.Client();
  client.Ask("/later.m3u8");
  Event question = server_.Next(Event::Type::kPlay);
  EXPECT_TRUE(server_.engine().AcceptView(question.connection));
  ExpectWaits(client);
  StoredObject list = List(10, 1);
  list.view = view_;
  server_.Put("/later.m3u8", "list", std::move(list));
  EXPECT_EQ(client.Read().body, "list");
}

TEST_F(GuardedStream, TheAnswerCountsAlthoughWhoAskedHasLeft) {
  HttpClient client = server_.Client();
  {
    HttpClient asker = server_.Client();
    asker.Ask("/s.m3u8");
    client.Ask("/s.m3u8");
    ExpectWaits(client);
  }
  Event question = server_.Next(Event::Type::kPlay);
  EXPECT_TRUE(server_.engine().AcceptView(question.connection));
  EXPECT_EQ(client.Read().body, "list");
}

TEST_F(GuardedStream, ClosingTheViewEndsIt) {
  HttpClient client = server_.Client();
  client.Ask("/s.m3u8");
  server_.Next(Event::Type::kPlay);
  EXPECT_TRUE(server_.store().CloseView(view_));
  EXPECT_EQ(client.Read().status, 404);
  EXPECT_EQ(client.Get("/1.ts").status, 404);
  StoredObject piece;
  piece.view = view_;
  EXPECT_FALSE(server_.store().Put("/3.ts", std::make_shared<StoredObject>(std::move(piece))));
  EXPECT_FALSE(server_.store().Promise("/4.ts", {.view = view_, .hold = 1, .is_piece = true}));
}

class BrieflyGranted : public GuardedStream {
 protected:
  BrieflyGranted() : GuardedStream(400) {}
};

TEST_F(BrieflyGranted, ARevokedViewerGetsNoMore) {
  HttpClient client = server_.Client();
  client.Ask("/s.m3u8");
  server_.engine().AcceptView(server_.Next(Event::Type::kPlay).connection);
  EXPECT_EQ(client.Read().body, "list");
  // Fetches on and on, as a player does, until it is asked about again.
  timeval brief{0, 20'000};
  setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
  int pieces = 0;
  std::vector<Event> events;
  for (bool has_come = true; has_come; ++pieces) {
    client.Ask("/1.ts");
    while (!(has_come = client.Receive()) && events.empty()) events = server_.engine().TakeEvents();
    if (has_come) {
      EXPECT_EQ(client.Read().body, "piece");
    }
  }
  EXPECT_GT(pieces, 1);
  ASSERT_EQ(events.size(), 1u);
  const Event& question = events[0];
  EXPECT_TRUE(question.again);
  EXPECT_TRUE(Reject(question));
  EXPECT_EQ(client.Read().status, 403);
  EXPECT_EQ(client.Get("/s.m3u8").status, 403);
  EXPECT_EQ(client.Get("/1.ts").status, 403);
}

TEST_F(BrieflyGranted, WhoLeftIsReported) {
  HttpClient client = server_.Client();
  client.Ask("/s.m3u8?t=7");
  server_.engine().AcceptView(server_.Next(Event::Type::kPlay).connection);
  EXPECT_EQ(client.Read().body, "list");
  Event left = server_.Next(Event::Type::kViewerLeft);
  EXPECT_EQ(left.query, "t=7");
  EXPECT_EQ(left.ip, "127.0.0.1");
  EXPECT_EQ(left.key.app, "live");
}

}  // namespace
}  // namespace weir
