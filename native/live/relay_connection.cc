#include "live/relay_connection.h"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include "live/shard.h"
#include "sys/entropy.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// What a server may say in a status; more is not worth a line of the log.
constexpr size_t kMaxMessage = 256;

// Ours say so; others have no word for it.
constexpr std::string_view kLoopCodes[] = {"NetStream.Publish.Loop", "NetStream.Play.Loop"};

}  // namespace

RelayConnection::RelayConnection(Shard& shard, UniqueFd fd, uint64_t id, RelayPeer peer)
    : Subscriber(shard, std::move(fd), id), server_(std::move(peer)) {
  SetDeadline(shard.now_ms() + server_.connect_timeout, Reason::kConnectTimeout);
  shard.PutSweeping(*this);
}

void RelayConnection::OnIo(uint32_t events) {
  if (closed()) return;
  if (is_connecting_) {
    const int error = SocketError(fd());
    if (error != 0) {
      message_ = std::generic_category().message(error);
      return Close(Reason::kConnectFailed);
    }
    if ((events & kWritable) == 0) return;
    is_connecting_ = false;
    LearnPeer();
    BeginHandshake();
  }
  Subscriber::OnIo(events);
}

void RelayConnection::BeginHandshake() {
  OnConnected();
  SetDeadline(shard().now_ms() + server_.answer_timeout, Reason::kHandshakeTimeout);
  handshake_.emplace(FillRandom, static_cast<uint32_t>(shard().now_ms()), true);
  handshake_->Start(outbox());
}

void RelayConnection::OnBytes(ByteView bytes) {
  Speak([&](Buffer& out) { session_.CountReceived(bytes.size(), out); });
  if (handshake_ && !Shake(bytes)) return;
  if (!ReadMessages(bytes)) return;
  AfterInput();
  if (!closed() && !draining() && !outbox_empty()) WriteOutput();
}

// False: it has ended, or waits for more.
bool RelayConnection::Shake(ByteView& bytes) {
  rtmp::HandshakeStep step;
  Speak([&](Buffer& out) { step = handshake_->Next(bytes, out); });
  if (step == rtmp::HandshakeStep::kBroken) {
    Close(handshake_->reason());
    return false;
  }
  if (step == rtmp::HandshakeStep::kDone) {
    handshake_.reset();
    SetDeadline(shard().now_ms() + server_.answer_timeout, Reason::kTargetTimeout);
    rtmp::ClientRequest request = Request();
    request.tc_url = server_.tc_url;
    request.app = server_.app;
    request.stream = server_.stream;
    request.relay_path = server_.relay_path;
    Speak([&](Buffer& out) { session_.Start(std::move(request), out); });
  }
  if (!closed() && !outbox_empty()) WriteOutput();
  return !closed() && !handshake_;
}

bool RelayConnection::ReadMessages(ByteView bytes) {
  while (!bytes.empty() && refusal_ == Reason::kNone) {
    if (holds_messages()) {
      unread_.assign(bytes.begin(), bytes.end());
      return true;
    }
    const rtmp::ChunkReader::Step step = reader_.Next(bytes);
    if (step == rtmp::ChunkReader::Step::kMore) break;
    Reason reason = reader_.reason();
    if (step == rtmp::ChunkReader::Step::kMessage) {
      Speak([&](Buffer& out) { reason = session_.Input(reader_.message(), out, *this); });
    }
    if (reason != Reason::kNone) Close(reason);
    if (closed()) return false;
  }
  if (refusal_ == Reason::kNone) return true;
  Finish(refusal_);
  return false;
}

bool RelayConnection::ReadHeldMessages() {
  const Buffer unread = std::exchange(unread_, {});
  return ReadMessages(unread);
}

void RelayConnection::OnStatus(const rtmp::ServerStatus& status) {
  if (session_.ready() && status.level == "error") OnRefused(status);
}

void RelayConnection::OnRefused(const rtmp::ServerStatus& status) {
  const bool is_loop = std::find(std::begin(kLoopCodes), std::end(kLoopCodes), status.code) != std::end(kLoopCodes);
  refusal_ = is_loop ? Reason::kForwardLoop : Reason::kTargetRefused;
  message_ = std::string(status.code) + ": " + std::string(status.description);
  message_.resize(std::min(message_.size(), kMaxMessage));
}

void RelayConnection::Finish(Reason reason) {
  if (closed() || draining()) return;
  if (!is_talking() || !FinishEntryPrivately()) return Close(reason);
  Speak([&](Buffer& out) { session_.Stop(out); });
  CloseAfterOutput(reason);
}

}  // namespace weir
