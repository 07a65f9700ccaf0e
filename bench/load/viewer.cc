#include "bench/load/viewer.h"

#include <sys/epoll.h>

#include "bench/load/hls_viewer.h"
#include "bench/load/player.h"
#include "sys/tcp.h"

namespace weir::load {

void Viewer::Stall() {
  if (state_ == State::kPlaying) state_ = State::kStalled;
}

void Viewer::Resume(Micros now) {
  if (state_ != State::kStalled) return;
  state_ = State::kPlaying;
  // The edge of what waits in the socket is long gone.
  OnEvents(EPOLLIN, now);
}

void Viewer::Fail(const std::string& problem) {
  share_.errors.Add(problem);
  ++share_.failed;
  if (state_ == State::kPlaying || state_ == State::kStalled) ++share_.lost;
  Close();
  state_ = State::kEnded;
}

bool Viewer::Watch(int fd) {
  if (share_.crew->poller().AddEdge(fd, static_cast<Endpoint*>(this))) return true;
  Fail("epoll is full");
  return false;
}

bool Viewer::FinishConnect(int fd, uint32_t events) {
  if (int error = SocketError(fd); error != 0) {
    Fail(ErrorText(error));
    return false;
  }
  return (events & EPOLLOUT) != 0;
}

std::unique_ptr<Viewer> MakeViewer(Protocol protocol, ViewerShare& share, int index) {
  if (protocol == Protocol::kHls) return std::make_unique<HlsViewer>(share, index);
  return std::make_unique<Player>(share, index);
}

}  // namespace weir::load
