#include "bench/load/player.h"

#include <sys/epoll.h>

#include <utility>

#include "bench/load/connect.h"
#include "media/frame.h"
#include "sys/tcp.h"

namespace weir::load {

void Player::Open(UniqueFd fd, rtmp::ClientRequest request, Micros now) {
  int socket = fd.get();
  SetNoDelay(socket, true);
  RtmpClient::Listener& listener = *this;
  client_ = std::make_unique<RtmpClient>(std::move(fd), std::move(request), listener);
  check_.Restart();
  messages_without_video_ = 0;
  opened_ = now;
  state_ = State::kConnecting;
  if (!share_.crew->poller().AddEdge(socket, this)) Fail("epoll is full");
}

void Player::Close() {
  if (client_ == nullptr) return;
  bytes_before_ += client_->received();
  reads_before_ += client_->reads();
  client_.reset();
  state_ = State::kEnded;
}

void Player::Fail(const std::string& problem) {
  share_.errors.Add(problem);
  if (state_ == State::kPlaying || state_ == State::kStalled) ++share_.lost;
  Close();
}

void Player::Stall() {
  if (state_ == State::kPlaying) state_ = State::kStalled;
}

void Player::Resume(Micros now) {
  if (state_ != State::kStalled) return;
  state_ = State::kPlaying;
  // The edge of what waits in the socket is long gone.
  OnEvents(EPOLLIN, now);
}

bool Player::Read() {
  if (state_ == State::kPlaying && !share_.is_sampled) return client_->Discard();
  return client_->Receive(share_.crew->scratch());
}

void Player::OnEvents(uint32_t events, Micros now) {
  if (client_ == nullptr) return;
  now_ = now;
  if (state_ == State::kConnecting) {
    if (int error = SocketError(client_->fd()); error != 0) return Fail(ErrorText(error));
    if ((events & EPOLLOUT) == 0) return;
    share_.connect_time.Add(now - opened_);
    state_ = State::kJoining;
  }
  bool is_alive = client_->Flush();
  // A stalled player does not even look; only a reset ends it.
  if (is_alive && state_ == State::kStalled) {
    if ((events & EPOLLERR) != 0) Fail("reset by the server");
    return;
  }
  if (is_alive && (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) is_alive = Read();
  // The end of the stream shares its edge with the last bytes: read up to it.
  bool is_ending = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  for (int i = 0; i < kMaxReads && is_alive && is_ending; ++i) is_alive = Read();
  if (!is_alive) Fail(std::string(client_->problem()));
}

void Player::OnStarted() { share_.start_time.Add(now_ - opened_); }

void Player::OnMedia(const rtmp::Message& message) {
  if (share_.is_sampled) check_.OnMedia(message, now_, share_.latency_from, share_.check);
  if (state_ != State::kJoining) return;
  FrameInfo info = ClassifyFrame(message.type, message.payload);
  if (info.kind == FrameKind::kVideo) messages_without_video_ = INT32_MIN;
  bool is_audio_only = ++messages_without_video_ > kAudioOnlyAfter;
  if (!info.is_key && !is_audio_only) return;
  share_.join_time.Add(now_ - opened_);
  state_ = State::kPlaying;
}

}  // namespace weir::load
