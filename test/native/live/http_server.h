// An engine that serves HTTP on the loopback, and blocking clients of it. Each client's read has a limit of ten
// seconds, so that a test that waits in vain ends. Lifetime: of a test. Thread rule: the test's thread.
#ifndef WEIR_TEST_NATIVE_LIVE_HTTP_SERVER_H_
#define WEIR_TEST_NATIVE_LIVE_HTTP_SERVER_H_

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "live/engine.h"
#include "sys/monotonic.h"
#include "sys/tcp.h"
#include "test/native/live/http_client.h"

namespace weir::test {

class HttpServer {
 public:
  explicit HttpServer(EngineOptions options = {}) : engine_(std::move(options), [this] { Ring(); }) {
    EXPECT_TRUE(engine_.Start());
    int error = 0;
    address_ = engine_.Listen({"127.0.0.1", 0}, Service::kHttp, error);
    EXPECT_EQ(error, 0);
  }

  Engine& engine() { return engine_; }
  ObjectStore& store() { return engine_.store(); }
  HttpClient Client(int receive_buffer = 0) { return HttpClient(address_, receive_buffer); }
  void Put(std::string key, std::string_view body, StoredObject object = {}) {
    object.body = Buffer(body.begin(), body.end());
    EXPECT_TRUE(store().Put(std::move(key), std::make_shared<StoredObject>(std::move(object))));
  }
  // The next event of that type; others are passed over.
  Event Next(Event::Type type) {
    Millis until = MonotonicMillis() + 10'000;
    for (;;) {
      while (!events_.empty()) {
        Event event = std::move(events_.front());
        events_.erase(events_.begin());
        if (event.type == type) return event;
      }
      Wait(until);
      events_ = engine_.TakeEvents();
      if (!events_.empty()) continue;
      if (MonotonicMillis() < until) continue;
      ADD_FAILURE() << "no such event";
      return Event(type);
    }
  }
  // Waits until a statistic is as it should be.
  template <class Is>
  bool Becomes(Is is) {
    for (Millis until = MonotonicMillis() + 10'000; MonotonicMillis() < until;) {
      if (is(engine_.Snapshot())) return true;
      usleep(2000);
    }
    return false;
  }
  uint64_t Ended(Reason reason) { return engine_.Snapshot().ended[static_cast<size_t>(reason)]; }
  uint64_t Refused(Reason reason) { return engine_.Snapshot().refused[static_cast<size_t>(reason)]; }

 private:
  void Ring() {
    std::lock_guard lock(mutex_);
    has_rung_ = true;
    rung_.notify_one();
  }
  void Wait(Millis until) {
    std::unique_lock lock(mutex_);
    rung_.wait_for(lock, std::chrono::milliseconds(std::max<Millis>(0, until - MonotonicMillis())),
                   [&] { return has_rung_; });
    has_rung_ = false;
  }

  std::mutex mutex_;
  std::condition_variable rung_;
  bool has_rung_ = false;
  std::vector<Event> events_;
  SocketAddress address_;
  Engine engine_;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_HTTP_SERVER_H_
