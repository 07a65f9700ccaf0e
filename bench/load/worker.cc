#include "bench/load/worker.h"

#include <algorithm>

#include "sys/monotonic.h"

namespace weir::load {
namespace {

constexpr Micros kTick = 10'000;

}  // namespace

void Worker::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Worker::RequestStop() {
  is_stopping_.store(true, std::memory_order_relaxed);
  wake_.Ring();
}

void Worker::Join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::Run() {
  Poller& poller = crew_.poller();
  if (!poller.AddLevel(wake_.fd(), nullptr)) return;
  bool was_told = false;
  while (!(was_told && crew_.IsDone())) {
    Micros now = MonotonicMicros();
    if (!was_told && is_stopping_.load(std::memory_order_relaxed)) {
      crew_.OnStop(now);
      was_told = true;
    }
    Micros due = std::min(crew_.OnTimer(now), now + kTick);
    for (const epoll_event& event : poller.Wait(std::max<Micros>(due - MonotonicMicros(), 0))) {
      if (event.data.ptr == nullptr) {
        wake_.Clear();
      } else {
        static_cast<Endpoint*>(event.data.ptr)->OnEvents(event.events, MonotonicMicros());
      }
    }
  }
}

}  // namespace weir::load
