// Worker: one thread with one epoll set that drives a crew: the connections of one kind that belong to that thread.
// Lifetime: the crew outlives its worker. Thread rule: Start, RequestStop and Join from the main thread; a crew and its
// endpoints are called on the worker's thread only.
#ifndef WEIR_BENCH_LOAD_WORKER_H_
#define WEIR_BENCH_LOAD_WORKER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <thread>

#include "base/clock.h"
#include "sys/poller.h"

namespace weir::load {

// What a registered socket belongs to: the tag of its epoll events.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual void OnEvents(uint32_t events, Micros now) = 0;
};

class Crew {
 public:
  virtual ~Crew() = default;
  // Called about every 10 ms and when it asked to be; returns when it wants to be called next at the latest.
  virtual Micros OnTimer(Micros now) = 0;
  // The run ends: begin to leave. OnTimer goes on until IsDone.
  virtual void OnStop(Micros now) = 0;
  virtual bool IsDone() const = 0;

  Poller& poller() { return poller_; }
  // For one read; nothing in it outlives the call that read it.
  std::span<uint8_t> scratch() { return scratch_; }

 private:
  Poller poller_;
  std::array<uint8_t, 256 * 1024> scratch_;
};

class Worker {
 public:
  explicit Worker(Crew& crew) : crew_(crew) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void Start();
  void RequestStop();
  void Join();

 private:
  void Run();

  Crew& crew_;
  WakeUp wake_;
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_WORKER_H_
