#include "bench/load/player.h"

#include <sys/epoll.h>

#include <utility>

#include "bench/load/http_client.h"
#include "bench/load/rtmp_client.h"
#include "media/frame.h"
#include "sys/tcp.h"

namespace weir::load {
namespace {

std::unique_ptr<StreamClient> MakeClient(UniqueFd fd, const Url& url, StreamClient::Listener& listener) {
  if (url.protocol != Protocol::kRtmp) return std::make_unique<HttpClient>(std::move(fd), url, listener);
  rtmp::ClientRequest request;
  request.tc_url = url.tc_url;
  request.app = url.app;
  request.stream = url.stream;
  return std::make_unique<RtmpClient>(std::move(fd), std::move(request), listener);
}

}  // namespace

void Player::Open(UniqueFd fd, const Url& url, Micros now) {
  int socket = fd.get();
  SetNoDelay(socket, true);
  client_ = MakeClient(std::move(fd), url, *this);
  check_.Restart(url.protocol == Protocol::kRtmp ? StreamClock::kViewer : StreamClock::kStream);
  messages_without_video_ = 0;
  opened_ = now;
  state_ = State::kConnecting;
  Watch(socket);
}

void Player::Close() {
  if (client_ == nullptr) return;
  bytes_before_ += client_->received();
  reads_before_ += client_->reads();
  client_.reset();
  state_ = State::kEnded;
}

bool Player::Read() {
  if (state_ == State::kPlaying && !share_.is_sampled) return client_->Discard();
  return client_->Receive(share_.crew->scratch());
}

void Player::OnEvents(uint32_t events, Micros now) {
  if (client_ == nullptr) return;
  now_ = now;
  if (state_ == State::kConnecting) {
    if (!FinishConnect(client_->fd(), events)) return;
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

// A reader that lost its place swallows what comes, and finds nothing wrong with it.
void Player::OnMeasured(Micros now) {
  if (share_.is_sampled && state_ == State::kPlaying && now - check_.newest() > kSilent) ++share_.check.silent;
}

void Player::OnStarted() { share_.start_time.Add(now_ - opened_); }

void Player::OnContinuityFault() {
  if (share_.is_sampled) ++share_.check.continuity;
}

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
