#include "bench/load/publisher.h"

#include <sys/epoll.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "bench/load/connect.h"
#include "sys/tcp.h"

namespace weir::load {
namespace {

constexpr Micros kNever = std::numeric_limits<Micros>::max() / 2;

}  // namespace

void Publisher::Open(UniqueFd fd, rtmp::ClientRequest request, std::unique_ptr<MediaSource> source, Micros now) {
  int socket = fd.get();
  RtmpClient::Listener& listener = *this;
  SetNoDelay(socket, true);
  client_ = std::make_unique<RtmpClient>(std::move(fd), std::move(request), listener);
  source_ = std::move(source);
  opened_ = now;
  state_ = State::kConnecting;
  if (!share_.crew->poller().AddEdge(socket, this)) Fail("epoll is full");
}

void Publisher::Close() {
  client_.reset();
  source_.reset();
  state_ = State::kEnded;
}

void Publisher::Fail(const std::string& problem, const std::string& description) {
  share_.errors.Add(problem);
  share_.last_error = description.empty() ? problem : problem + " (" + description + ")";
  Close();
}

void Publisher::FailByClient() {
  std::string problem = client_->problem();
  std::string description = client_->description();
  Fail(problem, description);
}

void Publisher::OnStarted() {
  state_ = State::kPublishing;
  start_ = now_;
  ++share_.starts;
}

void Publisher::OnEvents(uint32_t events, Micros now) {
  if (client_ == nullptr) return;
  now_ = now;
  if (state_ == State::kConnecting) {
    if (int error = SocketError(client_->fd()); error != 0) return Fail(ErrorText(error));
    if ((events & EPOLLOUT) == 0) return;
    state_ = State::kWaiting;
  }
  bool is_alive = client_->Flush() && client_->Receive(share_.crew->scratch());
  bool is_ending = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (is_alive && is_ending) is_alive = client_->Receive(share_.crew->scratch());
  if (state_ == State::kStopping && (!is_alive || client_->unsent() == 0)) return Close();
  if (!is_alive) FailByClient();
}

Micros Publisher::OnTimer(Micros now) {
  if (state_ != State::kPublishing) return kNever;
  uint64_t sent = 0;
  for (Micros due; (due = start_ + source_->next_time() * 1000) <= now;) {
    MediaMessage message = source_->Next(now);
    client_->SendMedia(message.type, static_cast<uint32_t>(message.time), message.payload);
    share_.frames += message.is_frame ? 1 : 0;
    share_.latest = std::max(share_.latest, now - due);
    sent += message.payload.size();
    if (client_->unsent() > kMaxUnsent) {
      Fail("the server does not keep up");
      return kNever;
    }
  }
  share_.bytes += sent;
  if (sent > 0 && !client_->Flush()) {
    FailByClient();
    return kNever;
  }
  return start_ + source_->next_time() * 1000;
}

void Publisher::Stop() {
  if (client_ == nullptr) return;
  client_->Stop();
  bool is_over = state_ != State::kPublishing || !client_->Flush() || client_->unsent() == 0;
  state_ = State::kStopping;
  if (is_over) Close();
}

}  // namespace weir::load
