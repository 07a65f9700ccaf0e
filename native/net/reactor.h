// Reactor: a thread with an epoll set, its sockets and a mailbox. What it serves is behind two interfaces: IoHandler (a
// socket) and ReactorClient (work that is due at some time: flush rounds, sweeps). Lifetime: made and stopped by the
// engine; handlers are freed at the end of the turn in which they are retired, so that no event of that turn meets
// freed memory. Thread rule: Post and Stop on any thread, the rest on its own thread.
#ifndef WEIR_NET_REACTOR_H_
#define WEIR_NET_REACTOR_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "sys/poller.h"

namespace weir {

class IoHandler {
 public:
  virtual ~IoHandler() = default;
  // `events`: kReadable, kWritable, kHungUp.
  virtual void OnIo(uint32_t events) = 0;
};

class ReactorClient {
 public:
  virtual ~ReactorClient() = default;
  // When RunDue is wanted next.
  virtual Micros NextDue(Micros now) = 0;
  // Does a slice of what is due, some milliseconds at most; sockets are polled between two calls.
  virtual void RunDue(Micros now) = 0;
};

class Reactor {
 public:
  using Task = std::function<void()>;
  // Enough for what the kernel hands over at once; larger reads were not faster.
  static constexpr size_t kScratchSize = 256 << 10;

  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // False when epoll or the wake-up could not be made, or no thread started.
  [[nodiscard]] bool Start(ReactorClient& client);
  // Ends the loop after the tasks that were posted before, and joins the thread. Called off the thread.
  void Stop();
  bool running() const { return thread_.joinable(); }
  void Post(Task task);

  // On the thread.
  [[nodiscard]] bool Watch(int fd, IoHandler& handler) { return poller_.AddEdge(fd, &handler); }
  [[nodiscard]] bool WatchListener(int fd, IoHandler& handler) { return poller_.AddLevel(fd, &handler); }
  void Unwatch(int fd) { poller_.Remove(fd); }
  void Retire(std::unique_ptr<IoHandler> handler) { retired_.push_back(std::move(handler)); }
  // Memory that anyone may use until he returns to the loop.
  uint8_t* scratch() { return scratch_.get(); }
  // The time at which this turn began, or of the last Tick.
  Micros now() const { return now_; }
  Millis now_ms() const { return now_ / 1000; }
  Micros Tick();

 private:
  void Run();
  void RunTasks();

  Poller poller_;
  WakeUp wake_;
  const std::unique_ptr<uint8_t[]> scratch_;
  ReactorClient* client_ = nullptr;
  Micros now_ = 0;
  std::vector<std::unique_ptr<IoHandler>> retired_;
  std::thread thread_;
  // Guarded by mutex_.
  std::mutex mutex_;
  std::vector<Task> tasks_;
  bool stopping_ = false;
};

}  // namespace weir

#endif  // WEIR_NET_REACTOR_H_
