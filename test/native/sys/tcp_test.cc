#include "sys/tcp.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <cerrno>
#include <string>

#include "sys/memory_file.h"
#include "sys/poller.h"

namespace weir {
namespace {

void WaitFor(int fd, int16_t events) {
  pollfd waits{fd, events, 0};
  ASSERT_EQ(poll(&waits, 1, 5000), 1);
}

// Two ends of one connection over the loopback.
struct Pair {
  explicit Pair(const std::string& host = "127.0.0.1") {
    int error = 0;
    listener = ListenTcp({host, 0}, error);
    EXPECT_EQ(error, 0);
    client = ConnectTcp({host == "" ? "127.0.0.1" : host, LocalAddress(listener.get()).port}, error);
    EXPECT_EQ(error, 0);
    WaitFor(listener.get(), POLLIN);
    server = AcceptTcp(listener.get(), error);
    EXPECT_EQ(error, 0);
  }
  UniqueFd listener;
  UniqueFd client;
  UniqueFd server;
};

TEST(Tcp, ListensOnAFreePortAndSaysWhich) {
  Pair pair;
  ASSERT_TRUE(pair.server.valid());
  EXPECT_EQ(LocalAddress(pair.listener.get()).host, "127.0.0.1");
  EXPECT_NE(LocalAddress(pair.listener.get()).port, 0);
  PackedAddress peer = PeerAddress(pair.server.get());
  EXPECT_EQ(Unpack(peer).host, "127.0.0.1");
  EXPECT_EQ(Unpack(peer).port, LocalAddress(pair.client.get()).port);
  EXPECT_EQ(SocketError(pair.client.get()), 0);
}

TEST(Tcp, ListensOnEveryAddressWhenNoneIsNamedAndKnowsAnIpv4PeerByItsName) {
  Pair pair("");
  ASSERT_TRUE(pair.server.valid());
  EXPECT_EQ(Unpack(PeerAddress(pair.server.get())).host, "127.0.0.1");
}

TEST(Tcp, LetsEveryReactorListenOnOnePort) {
  int error = 0;
  UniqueFd first = ListenTcp({"127.0.0.1", 0}, error);
  ASSERT_EQ(error, 0);
  UniqueFd second = ListenTcp(LocalAddress(first.get()), error);
  EXPECT_EQ(error, 0);
  EXPECT_TRUE(second.valid());
}

TEST(Tcp, APortThatSomebodyListensOnIsNotFree) {
  int error = 0;
  UniqueFd first = ListenTcp({"127.0.0.1", 0}, error);
  ASSERT_EQ(error, 0);
  SocketAddress address = LocalAddress(first.get());
  EXPECT_FALSE(CheckFree(address, error));
  EXPECT_EQ(error, EADDRINUSE);
  first.Reset();
  EXPECT_TRUE(CheckFree(address, error));
  EXPECT_EQ(error, 0);
}

TEST(Tcp, TellsWhatIsNoAddress) {
  int error = 0;
  EXPECT_FALSE(ListenTcp({"localhost", 0}, error).valid());
  EXPECT_EQ(error, EINVAL);
  EXPECT_FALSE(ConnectTcp({"1.2.3", 1}, error).valid());
  EXPECT_EQ(error, EINVAL);
}

TEST(Tcp, TellsWhatBecameOfARead) {
  Pair pair;
  uint8_t out[8];
  EXPECT_EQ(Receive(pair.server.get(), out, sizeof out).kind, IoResult::Kind::kBlocked);
  EXPECT_EQ(Send(pair.client.get(), AsBytes("abc"), false).size, 3u);
  WaitFor(pair.server.get(), POLLIN);
  IoResult read = Receive(pair.server.get(), out, sizeof out);
  EXPECT_EQ(read.kind, IoResult::Kind::kMoved);
  EXPECT_EQ(AsText({out, read.size}), "abc");
  ShutdownOutput(pair.client.get());
  WaitFor(pair.server.get(), POLLIN);
  EXPECT_EQ(Receive(pair.server.get(), out, sizeof out).kind, IoResult::Kind::kClosed);
}

TEST(Tcp, TellsOfAReset) {
  Pair pair;
  // A close with unread input resets.
  EXPECT_EQ(Send(pair.server.get(), AsBytes("unread"), false).size, 6u);
  WaitFor(pair.client.get(), POLLIN);
  pair.client.Reset();
  WaitFor(pair.server.get(), POLLIN);
  uint8_t out[8];
  EXPECT_EQ(Receive(pair.server.get(), out, sizeof out).kind, IoResult::Kind::kReset);
  EXPECT_EQ(Send(pair.server.get(), AsBytes("x"), false).kind, IoResult::Kind::kReset);
}

TEST(Tcp, SendsFromAMemoryFile) {
  Pair pair;
  MemoryFile file("weir-test");
  std::string text = "0123456789";
  iovec part{text.data(), text.size()};
  ASSERT_TRUE(file.WriteAt(0, {&part, 1}));
  EXPECT_EQ(SendFile(pair.server.get(), file.fd(), 3, 4).size, 4u);
  WaitFor(pair.client.get(), POLLIN);
  uint8_t out[16];
  IoResult read = Receive(pair.client.get(), out, sizeof out);
  EXPECT_EQ(AsText({out, read.size}), "3456");
}

TEST(Tcp, ALowWaterMarkBoundsWhatWaitsUnsent) {
  Pair pair;
  SetNotSentLowWater(pair.server.get(), 16 << 10);
  Buffer bytes(64 << 10);
  size_t sent = 0;
  IoResult result{IoResult::Kind::kMoved, 0};
  while (result.kind == IoResult::Kind::kMoved) {
    result = Send(pair.server.get(), bytes, false);
    sent += result.size;
    ASSERT_LT(sent, 64u << 20);
  }
  EXPECT_EQ(result.kind, IoResult::Kind::kBlocked);
  tcp_info info{};
  EXPECT_TRUE(GetTcpInfo(pair.server.get(), info));
}

TEST(Poller, WaitsForWhatItWasToldAndForTheBell) {
  Poller poller;
  WakeUp bell;
  ASSERT_TRUE(poller.valid() && bell.valid());
  ASSERT_TRUE(poller.AddLevel(bell.fd(), &bell));
  EXPECT_TRUE(poller.Wait(0).empty());
  EXPECT_TRUE(poller.Wait(500).empty());
  bell.Ring();
  bell.Ring();
  auto events = poller.Wait(-1);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].data.ptr, &bell);
  EXPECT_EQ(poller.Wait(0).size(), 1u);
  bell.Clear();
  EXPECT_TRUE(poller.Wait(0).empty());
}

TEST(Poller, TellsAnEdgeOnceAndForgetsWhatIsRemoved) {
  Pair pair;
  Poller poller;
  ASSERT_TRUE(poller.AddEdge(pair.server.get(), &pair));
  ASSERT_EQ(poller.Wait(0).size(), 1u);  // it takes bytes
  EXPECT_TRUE(poller.Wait(0).empty());
  EXPECT_EQ(Send(pair.client.get(), AsBytes("x"), false).size, 1u);
  auto events = poller.Wait(5'000'000);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_NE(events[0].events & kReadable, 0u);
  EXPECT_TRUE(poller.Wait(0).empty());
  poller.Remove(pair.server.get());
  EXPECT_EQ(Send(pair.client.get(), AsBytes("x"), false).size, 1u);
  EXPECT_TRUE(poller.Wait(1000).empty());
}

}  // namespace
}  // namespace weir
