#include "live/connection.h"

#include <utility>

#include "live/shard.h"

namespace weir {
namespace {

// Private bytes that a peer may leave unread (design 2.1) and still ask for more.
constexpr size_t kMaxOutbox = 64 << 10;
// A peer may push so much in one turn; then others have theirs.
constexpr int kReadsPerTurn = 4;
constexpr Millis kDrainTime = 1000;

}  // namespace

Connection::Connection(Shard& shard, UniqueFd fd, uint64_t id)
    : shard_(&shard), fd_(std::move(fd)), peer_(PeerAddress(fd_.get())), id_(id), opened_at_(shard.now_ms()) {}

void Connection::OnIo(uint32_t events) {
  if (closed()) return;
  if ((events & kHungUp) != 0) hung_up_ = true;
  if ((events & (kReadable | kHungUp)) != 0) ReadSome();
  if (!closed() && (events & kWritable) != 0) {
    if (draining()) {
      FinishDraining();
    } else {
      WriteOutput();
    }
  }
}

void Connection::ReadSome() {
  for (int i = 0; i < kReadsPerTurn; ++i) {
    if (closed() || holds_input_) return;
    uint8_t* scratch = shard_->scratch();
    IoResult result = Receive(fd_.get(), scratch, Reactor::kScratchSize);
    switch (result.kind) {
      case IoResult::Kind::kBlocked:
        return;
      case IoResult::Kind::kClosed:
        return Close(draining() ? reason_ : Reason::kPeerClosed);
      case IoResult::Kind::kReset:
        return Close(draining() ? reason_ : Reason::kPeerReset);
      case IoResult::Kind::kFailed:
        return Close(Reason::kIoError);
      case IoResult::Kind::kMoved:
        break;
    }
    bytes_in_ += result.size;
    shard_->bytes_in.Add(result.size);
    if (!draining()) OnBytes({scratch, result.size});
    // A short read has emptied the socket: the next byte raises a new edge. An end that came with the data does not.
    if (result.size < Reactor::kScratchSize && !hung_up_) return;
  }
  shard_->ReadLater(*this);
}

void Connection::Close(Reason reason) {
  if (closed()) return;
  if (!draining()) {
    reason_ = reason;
    OnClosing(reason);
  }
  state_ = State::kClosed;
  shard_->Forget(*this, reason_);
}

void Connection::CloseAfterOutput(Reason reason) {
  if (closed() || draining()) return;
  OnClosing(reason);
  reason_ = reason;
  state_ = State::kDraining;
  holds_input_ = false;
  SetDeadline(shard_->now_ms() + kDrainTime, reason);
  shard_->PutDraining(*this);
  FinishDraining();
}

// Half-closes when all is written, so that unread input does not turn the last words into a reset.
void Connection::FinishDraining() {
  if (output_shut_) return;
  Sent sent = SendOutbox(false);
  if (sent == Sent::kClosed) return Close(reason_);
  if (sent == Sent::kBlocked) return;
  ShutdownOutput(fd_.get());
  output_shut_ = true;
  ReadSome();  // what is unread already, perhaps the peer's close
}

void Connection::Sweep(Millis now) {
  if (deadline_ == 0 || now < deadline_) return;
  deadline_ = 0;
  if (draining()) return Close(reason_);
  OnDeadline(deadline_reason_);
}

void Connection::SampleRate(Millis span) {
  auto bytes = static_cast<uint32_t>(RateBytes());
  rate3_ = static_cast<float>(static_cast<double>(bytes - sampled_bytes_) * 8000.0 / static_cast<double>(span));
  // A tenth of each new sample: about the mean of the last 30 s, without keeping ten of them for every player.
  rate30_ = rate30_ == 0 ? rate3_ : rate30_ + (rate3_ - rate30_) / 10;
  sampled_bytes_ = bytes;
}

bool Connection::Collect(ConnectionStats& stats, Millis now) const {
  ConnectionRole role;
  if (!FindRole(role)) return false;
  stats.connection = id_;
  stats.key = *role.key;
  stats.protocol = role.protocol;
  stats.is_publisher = role.is_publisher;
  stats.ip = PeerIp();
  stats.uptime = now - opened_at_;
  stats.bytes_in = bytes_in_;
  stats.bytes_out = bytes_out_;
  stats.rates = {rate3_, rate30_};
  stats.tcp_nodelay = GetNoDelay(fd_.get());
  tcp_info info{};
  if (GetTcpInfo(fd_.get(), info)) {
    stats.tcp_rtt_us = info.tcpi_rtt;
    stats.tcp_retransmits = info.tcpi_total_retrans;
    stats.tcp_unacked = info.tcpi_unacked;
  }
  return true;
}

void Connection::MoveTo(Shard& shard) {
  shard_->Release(*this);
  shard.Receive(*this);
}

void Connection::Adopt(Shard& shard) {
  shard_ = &shard;
  OnMoved();
}

Buffer& Connection::outbox() {
  if (!outbox_) outbox_ = std::make_unique<Outbox>();
  return outbox_->bytes;
}

void Connection::AddPrivate(ByteView bytes) {
  if (outbox_ && outbox_->bytes.size() - outbox_->sent > kMaxOutbox) return Close(Reason::kOutboxOverflow);
  Append(outbox(), bytes);
}

Connection::Sent Connection::SendOutbox(bool more) {
  if (!outbox_) return Sent::kAll;
  while (outbox_->sent < outbox_->bytes.size()) {
    IoResult result = Send(fd_.get(), ByteView(outbox_->bytes).subspan(outbox_->sent), more);
    if (result.kind == IoResult::Kind::kBlocked) return Sent::kBlocked;
    if (result.kind != IoResult::Kind::kMoved) {
      Close(result.kind == IoResult::Kind::kFailed ? Reason::kIoError : Reason::kPeerReset);
      return Sent::kClosed;
    }
    outbox_->sent += result.size;
    bytes_out_ += result.size;
    shard_->bytes_out.Add(result.size);
  }
  outbox_.reset();
  return Sent::kAll;
}

}  // namespace weir
