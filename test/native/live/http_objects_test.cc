// Objects over HTTP: what is answered, how connections are kept, and what a peer may not do.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <cstdio>
#include <string>

#include "live/engine.h"
#include "log/stream_log.h"
#include "sys/regular_file.h"
#include "test/native/live/http_server.h"

namespace weir {
namespace {

using test::HttpAnswer;
using test::HttpClient;
using test::HttpServer;

std::string Pattern(size_t size) {
  std::string text(size, 0);
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 2654435761u) >> 13);
  return text;
}

EngineOptions Impatient() {
  EngineOptions options;
  options.handshake_timeout = 300;
  options.keep_alive_timeout = 300;
  options.object_timeout = 300;
  return options;
}

auto EndedOnce(Reason reason) {
  return [reason](const EngineStats& stats) { return stats.ended[static_cast<size_t>(reason)] == 1; };
}

StoredObject Described() {
  StoredObject object;
  object.content_type = "text/plain";
  object.cache_control = "max-age=7";
  object.etag = "\"tag\"";
  return object;
}

TEST(HttpObjectsTest, AnObjectIsServedAndTheConnectionKept) {
  HttpServer server;
  server.Put("/a.txt", "hello", Described());
  HttpClient client = server.Client();
  for (int i = 0; i < 3; ++i) {
    HttpAnswer answer = client.Get("/a.txt");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.fields["Content-Type"], "text/plain");
    EXPECT_EQ(answer.fields["Cache-Control"], "max-age=7");
    EXPECT_EQ(answer.fields["ETag"], "\"tag\"");
    EXPECT_EQ(answer.fields["Connection"], "keep-alive");
    EXPECT_EQ(answer.fields["Access-Control-Allow-Origin"], "*");
  }
  EXPECT_EQ(client.Get("/a.txt", "If-None-Match: \"tag\"\r\n").status, 304);
  EXPECT_EQ(client.Get("/a.txt", "Range: bytes=1-3\r\n").body, "ell");
  EXPECT_EQ(client.Get("/a.txt", "Range: bytes=9-\r\n").status, 416);
  client.Ask("/a.txt", "", "HEAD");
  HttpAnswer head = client.Read(false);
  EXPECT_EQ(head.fields["Content-Length"], "5");
  EXPECT_EQ(client.Get("/b.txt").status, 404);
  client.Ask("/a.txt", "", "OPTIONS");
  EXPECT_EQ(client.Read().status, 204);
  EXPECT_EQ(client.Get("/a.txt", "Connection: close\r\n").body, "hello");
  EXPECT_TRUE(client.IsClosed());
  auto responses = server.engine().Snapshot().responses;
  EXPECT_EQ(responses, (std::map<int, uint64_t>{{200, 5}, {204, 1}, {206, 1}, {304, 1}, {404, 1}, {416, 1}}));
  EXPECT_EQ(server.Refused(Reason::kObjectNotFound), 1u);
  EXPECT_EQ(server.Refused(Reason::kRangeInvalid), 1u);
}

TEST(HttpObjectsTest, AnEndThatIsNoNewsRaisesNoEvent) {
  HttpServer server;
  server.Put("/a", "1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(server.Client().Get("/a").status, 200);
  EXPECT_TRUE(server.Becomes([](const EngineStats& stats) { return stats.connections == 0; }));
  EXPECT_TRUE(server.engine().TakeEvents().empty());
}

TEST(HttpObjectsTest, AVhostsOwnObjectHidesTheSharedOne) {
  HttpServer server;
  server.store().SetVhosts({"one", "two"}, "one");
  server.Put("/x", "shared");
  server.Put("one/x", "of one");
  HttpClient client = server.Client();
  EXPECT_EQ(client.Get("/x").body, "of one") << "the default vhost";
  EXPECT_EQ(client.Get("/x?vhost=two").body, "shared");
  EXPECT_EQ(client.Get("/x?vhost=three").body, "of one");
  client.Send("GET /x HTTP/1.1\r\nHost: two:8080\r\n\r\n");
  EXPECT_EQ(client.Read().body, "shared");
  server.store().SetVhosts({"one"}, std::nullopt);
  EXPECT_EQ(client.Get("/x").body, "shared") << "a stranger where there is no default vhost";
  EXPECT_EQ(client.Get("/x?vhost=one").body, "of one");
}

TEST(HttpObjectsTest, PutAgainAndRemove) {
  HttpServer server;
  server.Put("/x", "1");
  server.Put("/x", "22");
  HttpClient client = server.Client();
  EXPECT_EQ(client.Get("/x").body, "22");
  EXPECT_EQ(server.engine().Snapshot().objects, 1u);
  EXPECT_EQ(server.engine().Snapshot().object_bytes, 2u);
  EXPECT_TRUE(server.store().Remove("/x"));
  EXPECT_FALSE(server.store().Remove("/x"));
  EXPECT_EQ(client.Get("/x").status, 404);
  EXPECT_EQ(server.engine().Snapshot().object_bytes, 0u);
}

TEST(HttpObjectsTest, PipelinedRequestsAreAnsweredInOrder) {
  HttpServer server;
  std::string big = Pattern(3 << 20);
  server.Put("/big", big);
  for (int i = 0; i < 20; ++i) server.Put("/" + std::to_string(i), "body " + std::to_string(i));
  HttpClient client = server.Client();
  std::string requests;
  for (int i = 0; i < 20; ++i) {
    requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    if (i % 7 == 0) requests += "GET /big HTTP/1.1\r\nHost: h\r\n\r\n";
  }
  client.Send(requests);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.Read().body, "body " + std::to_string(i));
    if (i % 7 == 0) {
      EXPECT_TRUE(client.Read().body == big);
    }
  }
}

TEST(HttpObjectsTest, RequestsComeInAnyPieces) {
  HttpServer server;
  server.Put("/a", "body of a");
  HttpClient client = server.Client();
  std::string two = "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  for (size_t cut = 1; cut < two.size(); cut += 3) {
    client.Send(two.substr(0, cut));
    client.Send(two.substr(cut));
    EXPECT_EQ(client.Read().body, "body of a");
    EXPECT_EQ(client.Read().body, "body of a");
  }
}

TEST(HttpObjectsTest, TooMuchAheadOfAnAnswerEndsTheConnectionAfterIt) {
  HttpServer server;
  std::string big = Pattern(8 << 20);
  server.Put("/big", big);
  HttpClient client = server.Client();
  std::string request = "GET /big HTTP/1.1\r\nHost: h\r\n\r\n";
  std::string requests;
  while (requests.size() < 40'000) requests += request;
  client.Send(requests);
  EXPECT_TRUE(client.Read().body == big);
  client.ReadToEnd();
  EXPECT_TRUE(server.Becomes(
      [&](const EngineStats& stats) { return stats.ended[static_cast<size_t>(Reason::kHttpPipelineFull)] == 1; }));
}

TEST(HttpObjectsTest, HeadsThatNeverEndAreTimedOut) {
  HttpServer server(Impatient());
  HttpClient client = server.Client();
  client.Send("GET / HTTP/1.1\r\nX: ");
  std::string answer = client.ReadToEnd();
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 408");
  client.Close();
  EXPECT_TRUE(server.Becomes(EndedOnce(Reason::kHttpHeadTimeout)));
}

TEST(HttpObjectsTest, AByteNowAndThenGainsNoTime) {
  HttpServer server(Impatient());
  HttpClient client = server.Client();
  client.Send("GET / HTTP/1.1\r\n");
  timeval pause{0, 20'000};
  setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
  // Ends by the 408: a server that is reset by each byte would go on for as long as this test has patience.
  Millis until = MonotonicMillis() + 20'000;
  while (server.Ended(Reason::kHttpHeadTimeout) == 0 && MonotonicMillis() < until) {
    (void)send(client.fd(), "X", 1, MSG_NOSIGNAL);
    client.Receive();
  }
  EXPECT_EQ(server.Ended(Reason::kHttpHeadTimeout), 1u);
}

TEST(HttpObjectsTest, IdleConnectionsAreClosed) {
  HttpServer server(Impatient());
  server.Put("/a", "1");
  HttpClient silent = server.Client();
  HttpClient kept = server.Client();
  EXPECT_EQ(kept.Get("/a").status, 200);
  EXPECT_TRUE(kept.IsClosed());
  EXPECT_TRUE(silent.IsClosed());
  silent.Close();
  kept.Close();
  EXPECT_TRUE(server.Becomes([](const EngineStats& stats) { return stats.connections == 0; }));
  EXPECT_EQ(server.Ended(Reason::kHttpIdle), 2u);
}

TEST(HttpObjectsTest, WhoNeverReadsIsClosedAndWhoReadsSlowlyIsNot) {
  HttpServer server(Impatient());
  std::string big = Pattern(24 << 20);
  server.Put("/big", big);
  HttpClient never = server.Client(4096);
  never.Ask("/big");
  EXPECT_TRUE(server.Becomes(EndedOnce(Reason::kSendTimeout)));
  HttpClient reader = server.Client(65536);
  EXPECT_TRUE(reader.Get("/big").body == big);
}

TEST(HttpObjectsTest, WhoAsksAndDoesNotReadIsReadFromNoMore) {
  EngineOptions options;
  options.object_timeout = 300;
  HttpServer server(options);
  HttpClient deaf = server.Client(4096);
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += "OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n";
  // Blocks, or is closed, long before the answers could fill any memory. What the kernel takes before is megabytes,
  // answer by answer: on a slow machine that is seconds, and this thread must not take the reactor's core meanwhile.
  size_t sent = 0;
  EngineStats stats;
  for (Millis until = MonotonicMillis() + 60'000; MonotonicMillis() < until;) {
    std::string_view rest = std::string_view(requests).substr(sent % requests.size());
    ssize_t n = send(deaf.fd(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      sent += static_cast<size_t>(n);
      continue;
    }
    pollfd writable{deaf.fd(), POLLOUT, 0};
    poll(&writable, 1, 100);
    stats = server.engine().Snapshot();
    if (stats.connections == 0) break;
  }
  // TCP between two full buffers can lose the news that there is room again, for longer than a head may take. Then half
  // a head is all that the server waits for.
  EXPECT_EQ(server.Ended(Reason::kSendTimeout) + server.Ended(Reason::kHttpHeadTimeout), 1u);
  EXPECT_LT(sent, size_t{64} << 20);
}

class FileObject : public testing::Test {
 protected:
  FileObject() : path_(testing::TempDir() + "weir-object-" + std::to_string(getpid())) {
    FILE* file = fopen(path_.c_str(), "w");
    fwrite(body_.data(), 1, body_.size(), file);
    fclose(file);
  }
  ~FileObject() override { unlink(path_.c_str()); }
  StoredFile Open() {
    StoredFile file;
    int error = 0;
    file.fd = OpenRegularFile(path_, file.size, error);
    EXPECT_EQ(error, 0);
    return file;
  }
  void PutFile(HttpServer& server) {
    auto object = std::make_shared<StoredObject>();
    object->body = Open();
    EXPECT_TRUE(server.store().Put("/file", std::move(object)));
  }

  const std::string body_ = Pattern(5'000'001);
  const std::string path_;
};

TEST_F(FileObject, IsServedBySendfileWholeAndInRanges) {
  HttpServer server;
  PutFile(server);
  unlink(path_.c_str());  // it is open: its name does not matter any more
  HttpClient client = server.Client();
  EXPECT_TRUE(client.Get("/file").body == body_);
  EXPECT_EQ(client.Get("/file", "Range: bytes=4999990-5000005\r\n").body, body_.substr(4'999'990));
  EXPECT_EQ(client.Get("/file", "Range: bytes=-4\r\n").body, body_.substr(body_.size() - 4));
  EXPECT_EQ(server.engine().Snapshot().object_bytes, 0u);
}

TEST_F(FileObject, ThatBecomesShorterEndsTheConnection) {
  HttpServer server;
  PutFile(server);
  ASSERT_EQ(truncate(path_.c_str(), 1000), 0);
  HttpClient client = server.Client();
  EXPECT_EQ(client.Get("/file").status, 0);
  EXPECT_EQ(server.Ended(Reason::kIoError), 1u);
}

TEST_F(FileObject, MustBeRegularAndNoLink) {
  uint64_t size = 0;
  int error = 0;
  std::string link = path_ + "-link";
  ASSERT_EQ(symlink(path_.c_str(), link.c_str()), 0);
  EXPECT_FALSE(OpenRegularFile(link, size, error).valid());
  EXPECT_EQ(error, ELOOP);
  unlink(link.c_str());
  EXPECT_FALSE(OpenRegularFile("/dev/null", size, error).valid());
  EXPECT_EQ(error, EINVAL);
  EXPECT_FALSE(OpenRegularFile(testing::TempDir(), size, error).valid());
  EXPECT_EQ(error, EINVAL);
  std::string fifo = path_ + "-fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_FALSE(OpenRegularFile(fifo, size, error).valid());
  unlink(fifo.c_str());
  EXPECT_FALSE(OpenRegularFile(path_ + "-none", size, error).valid());
  EXPECT_EQ(error, ENOENT);
}

// Slices of three segments, all odd.
TEST(HttpObjectsTest, ASliceOfALogIsServedAcrossSegments) {
  MemoryBudget budget(1 << 30);  // outlives the objects that the server holds
  HttpServer server;
  auto account = std::make_shared<LogAccount>(budget);
  HeldRange range;
  std::string whole;
  uint64_t base = 1000;
  for (size_t size : {size_t{70'001}, size_t{33}, size_t{400'003}}) {
    std::string bytes = Pattern(size);
    auto segment = std::make_shared<Segment>(base, 0, account);
    iovec part{bytes.data(), bytes.size()};
    ASSERT_TRUE(segment->Append({&part, 1}, bytes.size(), Entry{}));
    range.pieces.push_back({segment, base + 5, base + size - 3});
    whole += bytes.substr(5, size - 8);
    base += size;
  }
  auto object = std::make_shared<StoredObject>();
  object->body = std::make_shared<const HeldRange>(std::move(range));
  ASSERT_TRUE(server.store().Put("/slice", std::move(object)));
  HttpClient client = server.Client();
  EXPECT_TRUE(client.Get("/slice").body == whole);
  for (auto [first, last] : {std::pair{0, 0}, {69'990, 70'020}, {70'010, 70'015}, {69'000, 470'000}}) {
    std::string field = "Range: bytes=" + std::to_string(first) + "-" + std::to_string(last) + "\r\n";
    HttpAnswer answer = client.Get("/slice", field);
    EXPECT_EQ(answer.status, 206);
    EXPECT_TRUE(answer.body == whole.substr(static_cast<size_t>(first), static_cast<size_t>(last - first + 1)))
        << field;
  }
}

TEST(HttpObjectsTest, WhatIsBeingFetchedIsGotWholeWhateverBecomesOfItsKey) {
  HttpServer server;
  std::string big = Pattern(16 << 20);
  server.Put("/big", big);
  HttpClient client = server.Client(65536);
  client.Ask("/big");
  ASSERT_TRUE(client.Receive());
  server.Put("/big", "other");
  server.store().Remove("/big");
  EXPECT_TRUE(client.Read().body == big);
}

TEST(HttpObjectsTest, TheServerStopsWhileAnswersAreOnTheirWay) {
  HttpServer server;
  server.Put("/big", Pattern(16 << 20));
  ASSERT_TRUE(server.store().Promise("/later", {.hold = 60'000}));
  HttpClient sending = server.Client(4096);
  sending.Ask("/big");
  HttpClient waiting = server.Client();
  waiting.Ask("/later");
  HttpClient idle = server.Client();
  EXPECT_EQ(idle.Get("/none").status, 404);
  server.engine().Stop(100);
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_EQ(waiting.Read().status, 503);
  EXPECT_TRUE(waiting.IsClosed());
}

}  // namespace
}  // namespace weir
