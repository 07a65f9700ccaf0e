#include "bench/load/floor_sender.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

#include "bench/load/process.h"
#include "sys/monotonic.h"
#include "sys/tcp.h"

namespace weir::load {
namespace {

constexpr size_t kRingSize = 4 * 1024 * 1024;
constexpr int kExitNoListener = 3;

bool WriteAll(int fd, const void* data, size_t size) {
  return send(fd, data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

}  // namespace

FloorSender::FloorSender(const FloorOptions& options, UniqueFd control)
    : options_(options),
      control_(std::move(control)),
      round_size_(static_cast<size_t>(std::lround(options.bitrate * options.interval / 8))) {
  ring_.resize(kRingSize + round_size_);
  for (size_t i = 0; i < ring_.size(); ++i) ring_[i] = static_cast<uint8_t>(i * 31 + (i >> 8));
}

int FloorSender::Run() {
  int error = 0;
  listener_ = ListenTcp({"127.0.0.1", 0}, error);
  uint16_t port = LocalAddress(listener_.get()).port;
  if (!listener_.valid() || !WriteAll(control_.get(), &port, sizeof port)) return kExitNoListener;
  auto interval = static_cast<Micros>(options_.interval * 1000);
  auto wanted = static_cast<uint64_t>(std::ceil(options_.duration * 1e6 / static_cast<double>(interval)));
  double cpu = 0;
  Micros start = 0;
  for (Micros next = MonotonicMicros() + interval; WaitUntil(next); next += interval) {
    if (is_measuring_ && start == 0) {
      measure_ = {};
      start = MonotonicMicros();
      cpu = CpuSeconds(0);
    }
    Round();
    if (MonotonicMicros() > next + interval) ++measure_.late_rounds;
    // Whole rounds only: both the bytes and the time of the last one count.
    if (start == 0 || ++measure_.rounds < wanted) continue;
    measure_.cpu_seconds = CpuSeconds(0) - cpu;
    measure_.seconds = static_cast<double>(measure_.rounds) * static_cast<double>(interval) / 1e6;
    if (!WriteAll(control_.get(), &measure_, sizeof measure_)) return 0;
    is_measuring_ = false;
    start = 0;
  }
  return 0;
}

void FloorSender::AcceptAll() {
  for (int error = 0;;) {
    UniqueFd fd = AcceptTcp(listener_.get(), error);
    if (!fd.valid()) return;
    SetNoDelay(fd.get(), true);
    sockets_.push_back(std::move(fd));
  }
}

void FloorSender::Round() {
  const uint8_t* data = ring_.data() + at_;
  at_ = (at_ + round_size_) % kRingSize;
  for (UniqueFd& socket : sockets_) {
    if (!socket.valid()) continue;
    ssize_t sent = send(socket.get(), data, round_size_, MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(round_size_)) {
      measure_.bytes += round_size_;
    } else if (sent < 0 && errno != EAGAIN) {
      ++measure_.lost_sockets;
      socket.Reset();
    } else {
      measure_.bytes += static_cast<uint64_t>(std::max<ssize_t>(sent, 0));
      ++measure_.short_sends;
    }
  }
}

bool FloorSender::WaitUntil(Micros time) {
  for (;;) {
    Micros left = time - MonotonicMicros();
    if (left <= 0) return true;
    pollfd wanted[] = {{control_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    timespec timeout{left / 1'000'000, (left % 1'000'000) * 1000};
    if (ppoll(wanted, 2, &timeout, nullptr) <= 0) continue;
    if (wanted[1].revents != 0) AcceptAll();
    char go = 0;
    if (wanted[0].revents != 0 && recv(control_.get(), &go, 1, 0) != 1) return false;
    is_measuring_ = is_measuring_ || wanted[0].revents != 0;
  }
}

}  // namespace weir::load
