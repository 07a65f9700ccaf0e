// Poller: an epoll set, and WakeUp: an eventfd that another thread rings to end its wait.
// Lifetime: registered descriptors leave the set when they are closed. Thread rule: one thread, but WakeUp::Ring (any
// thread).
#ifndef WEIR_SYS_POLLER_H_
#define WEIR_SYS_POLLER_H_

#include <sys/epoll.h>

#include <array>
#include <span>

#include "base/clock.h"
#include "sys/fd.h"

namespace weir {

// What a descriptor is ready for, as bits of epoll_event::events.
inline constexpr uint32_t kReadable = EPOLLIN;
inline constexpr uint32_t kWritable = EPOLLOUT;
inline constexpr uint32_t kHungUp = EPOLLRDHUP | EPOLLHUP | EPOLLERR;  // the peer's end has come, perhaps behind data

class Poller {
 public:
  static constexpr int kMaxEvents = 256;

  Poller();
  bool valid() const { return fd_.valid(); }
  // Level-triggered input: for listeners and the wake-up.
  [[nodiscard]] bool AddLevel(int fd, void* tag);
  // Edge-triggered input and output, registered once and never changed: for connections.
  [[nodiscard]] bool AddEdge(int fd, void* tag);
  void Remove(int fd);
  // Waits at most `timeout` microseconds (0: just looks; negative: without end). What came is in events().
  std::span<const epoll_event> Wait(Micros timeout);

 private:
  UniqueFd fd_;
  std::array<epoll_event, kMaxEvents> events_;
};

class WakeUp {
 public:
  WakeUp();
  bool valid() const { return fd_.valid(); }
  int fd() const { return fd_.get(); }
  void Ring();
  void Clear();

 private:
  UniqueFd fd_;
};

}  // namespace weir

#endif  // WEIR_SYS_POLLER_H_
