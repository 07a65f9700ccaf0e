#include "sys/poller.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <ctime>

namespace weir {

Poller::Poller() : fd_(epoll_create1(EPOLL_CLOEXEC)) {}

bool Poller::AddLevel(int fd, void* tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = tag;
  return epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Poller::AddEdge(int fd, void* tag) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = tag;
  return epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::Remove(int fd) { epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const epoll_event> Poller::Wait(Micros timeout) {
  // epoll_pwait2 (Linux 5.11) keeps flush rounds exact below a millisecond; older kernels round up.
  timespec t{timeout / 1'000'000, (timeout % 1'000'000) * 1000};
  int n = epoll_pwait2(fd_.get(), events_.data(), kMaxEvents, timeout < 0 ? nullptr : &t, nullptr);
  if (n < 0 && errno == ENOSYS) {
    int millis = timeout < 0 ? -1 : static_cast<int>((timeout + 999) / 1000);
    n = epoll_wait(fd_.get(), events_.data(), kMaxEvents, millis);
  }
  return {events_.data(), static_cast<size_t>(n > 0 ? n : 0)};
}

WakeUp::WakeUp() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void WakeUp::Ring() {
  uint64_t one = 1;
  // EAGAIN means that the counter is full: it is ringing already.
  [[maybe_unused]] ssize_t n = write(fd_.get(), &one, sizeof one);
}

void WakeUp::Clear() {
  uint64_t count;
  [[maybe_unused]] ssize_t n = read(fd_.get(), &count, sizeof count);
}

}  // namespace weir
