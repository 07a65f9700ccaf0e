#include "net/reactor.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "net/listener.h"
#include "sys/monotonic.h"
#include "sys/tcp.h"

namespace weir {
namespace {

constexpr auto kLimit = std::chrono::seconds(10);

// Wants a call when it is told to.
class Client : public ReactorClient {
 public:
  Micros NextDue(Micros) override { return due_; }
  void RunDue(Micros now) override {
    EXPECT_GE(now, due_);
    due_ = INT64_MAX;
    ran_.set_value(now);
  }
  void Want(Micros due) { due_ = due; }
  std::future<Micros> Ran() { return ran_.get_future(); }

 private:
  Micros due_ = INT64_MAX;
  std::promise<Micros> ran_;
};

template <class T>
T Await(std::future<T> future) {
  EXPECT_EQ(future.wait_for(kLimit), std::future_status::ready);
  return future.get();
}

// The result of `run` on the reactor's thread.
template <class F>
auto On(Reactor& reactor, F run) {
  auto task = std::make_shared<std::packaged_task<std::invoke_result_t<F>()>>(std::move(run));
  reactor.Post([task] { (*task)(); });
  return Await(task->get_future());
}

TEST(Reactor, RunsWhatIsPostedInOrderOnItsThread) {
  Client client;
  Reactor reactor;
  ASSERT_TRUE(reactor.Start(client));
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) reactor.Post([&order, i] { order.push_back(i); });
  EXPECT_NE(On(reactor, [] { return std::this_thread::get_id(); }), std::this_thread::get_id());
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
  reactor.Stop();
  reactor.Stop();
}

TEST(Reactor, RunsWhatIsDueNotBeforeItsTime) {
  Client client;
  Reactor reactor;
  ASSERT_TRUE(reactor.Start(client));
  Micros due = 0;
  reactor.Post([&] { client.Want(due = reactor.now() + 20'000); });
  EXPECT_GE(Await(client.Ran()), due);
}

TEST(Reactor, TasksPostedBeforeStopAreRun) {
  Client client;
  bool has_run = false;
  {
    Reactor reactor;
    ASSERT_TRUE(reactor.Start(client));
    reactor.Post([&] { has_run = true; });
  }
  EXPECT_TRUE(has_run);
}

TEST(Reactor, FreesARetiredHandlerAfterTheTurn) {
  struct Handler : IoHandler {
    explicit Handler(std::promise<void>& gone_of) : gone(gone_of) {}
    ~Handler() override { gone.set_value(); }
    void OnIo(uint32_t) override {}
    std::promise<void>& gone;
    int alive = 42;
  };
  Client client;
  Reactor reactor;
  ASSERT_TRUE(reactor.Start(client));
  std::promise<void> gone;
  int seen = On(reactor, [&] {
    auto handler = std::make_unique<Handler>(gone);
    Handler* still_used = handler.get();
    reactor.Retire(std::move(handler));
    return still_used->alive;
  });
  EXPECT_EQ(seen, 42);
  Await(gone.get_future());
}

// What a listener hands over, by turn.
class Door {
 public:
  Door() {
    EXPECT_TRUE(reactor_.Start(client_));
    int error = 0;
    UniqueFd socket = ListenTcp({"127.0.0.1", 0}, error);
    address_ = LocalAddress(socket.get());
    listener_ = std::make_unique<Listener>(std::move(socket), [this](UniqueFd accepted) {
      accepted_.push_back(std::move(accepted));
      (accepted_.back().valid() ? taken_ : turned_away_) += 1;
    });
    On(reactor_, [this] { return reactor_.WatchListener(listener_->fd(), *listener_); });
  }
  ~Door() { reactor_.Stop(); }

  UniqueFd Knock() {
    int error = 0;
    return ConnectTcp(address_, error);
  }
  // Looks until there were so many, since the loop accepts when it gets to it.
  bool Saw(int taken, int turned_away) {
    Micros until = MonotonicMicros() + 10'000'000;
    while (MonotonicMicros() < until) {
      if (On(reactor_, [&] { return taken_ == taken && turned_away_ == turned_away; })) return true;
    }
    return false;
  }
  Reactor& reactor() { return reactor_; }
  void HangUpAll() {
    On(reactor_, [this] { return accepted_.clear(), 0; });
  }

 private:
  Client client_;
  SocketAddress address_;
  std::unique_ptr<Listener> listener_;
  std::vector<UniqueFd> accepted_;
  int taken_ = 0;
  int turned_away_ = 0;
  Reactor reactor_;
};

TEST(Listener, HandsOverEveryConnection) {
  Door door;
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(door.Knock());
  EXPECT_TRUE(door.Saw(100, 0));
}

TEST(Listener, TurnsAwayInsteadOfSpinningWhenNoDescriptorIsLeft) {
  Door door;
  UniqueFd waiting = door.Knock();
  ASSERT_TRUE(door.Saw(1, 0));
  UniqueFd refused;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  // On the loop, so that the next connection finds the limit in place: one more descriptor is free, the client's own.
  On(door.reactor(), [&] {
    UniqueFd lowest = OpenNull();
    rlimit full = before;
    full.rlim_cur = static_cast<rlim_t>(lowest.get()) + 1;
    lowest.Reset();
    setrlimit(RLIMIT_NOFILE, &full);
    refused = door.Knock();
    return 0;
  });
  EXPECT_TRUE(refused.valid());
  EXPECT_TRUE(door.Saw(1, 1));
  setrlimit(RLIMIT_NOFILE, &before);
  UniqueFd later = door.Knock();
  EXPECT_TRUE(door.Saw(2, 1));
  door.HangUpAll();
}

}  // namespace
}  // namespace weir
