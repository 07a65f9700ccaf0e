#include "live/push_connection.h"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include "live/engine.h"
#include "live/shard.h"
#include "sys/entropy.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// What a target may say in a status; more is not worth a line of the log.
constexpr size_t kMaxMessage = 256;
// As for players (design 2.4).
constexpr uint32_t kNotSent = 128 << 10;

// Ours says so; others have no word for it.
constexpr std::string_view kLoopCode = "NetStream.Publish.Loop";

}  // namespace

PushConnection::PushConnection(Shard& shard, UniqueFd fd, uint64_t id, Push push)
    : Subscriber(shard, std::move(fd), id), push_(std::move(push)) {
  SetDeadline(shard.now_ms() + push_.connect_timeout, Reason::kConnectTimeout);
  shard.PutSweeping(*this);
}

PushConnection::~PushConnection() = default;

void PushConnection::OnIo(uint32_t events) {
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

void PushConnection::BeginHandshake() {
  SetNoDelay(fd(), push_.grant.tcp_nodelay);
  SetNotSentLowWater(fd(), kNotSent);
  SetDeadline(shard().now_ms() + push_.answer_timeout, Reason::kHandshakeTimeout);
  handshake_.emplace(FillRandom, static_cast<uint32_t>(shard().now_ms()), true);
  handshake_->Start(outbox());
}

void PushConnection::OnBytes(ByteView bytes) {
  Speak([&](Buffer& out) { session_.CountReceived(bytes.size(), out); });
  if (handshake_ && !Shake(bytes)) return;
  if (!ReadMessages(bytes)) return;
  if (refusal_ != Reason::kNone) return Finish(refusal_);
  if (session_.ready() && stream_ == nullptr) BeginMedia();
  if (!closed() && !draining() && !outbox_empty()) WriteOutput();
}

// False: it has ended, or waits for more.
bool PushConnection::Shake(ByteView& bytes) {
  rtmp::HandshakeStep step;
  Speak([&](Buffer& out) { step = handshake_->Next(bytes, out); });
  if (step == rtmp::HandshakeStep::kBroken) {
    Close(handshake_->reason());
    return false;
  }
  if (step == rtmp::HandshakeStep::kDone) {
    handshake_.reset();
    SetDeadline(shard().now_ms() + push_.answer_timeout, Reason::kTargetTimeout);
    rtmp::ClientRequest request{
        .tc_url = push_.tc_url, .app = push_.app, .stream = push_.stream, .relay_path = push_.relay_path};
    request.publish = true;
    request.chunk_size = push_.grant.chunk_size;
    Speak([&](Buffer& out) { session_.Start(std::move(request), out); });
  }
  if (!closed() && !outbox_empty()) WriteOutput();
  return !closed() && !handshake_;
}

// False: it has ended.
bool PushConnection::ReadMessages(ByteView bytes) {
  while (!bytes.empty() && refusal_ == Reason::kNone) {
    const rtmp::ChunkReader::Step step = reader_.Next(bytes);
    if (step == rtmp::ChunkReader::Step::kMore) return true;
    Reason reason = reader_.reason();
    if (step == rtmp::ChunkReader::Step::kMessage) {
      Speak([&](Buffer& out) { reason = session_.Input(reader_.message(), out, *this); });
    }
    if (reason != Reason::kNone) Close(reason);
    if (closed()) return false;
  }
  return true;
}

void PushConnection::BeginMedia() {
  stream_ = shard().engine().registry().AcquireAlive(push_.grant.key);
  if (stream_ == nullptr) return Finish(Reason::kStreamNotFound);
  SetDeadline(0, Reason::kNone);
  reader_.ReleaseBuffers();
  Audience& audience = stream_->AudienceOn(shard(), Format::kRtmp);
  audience.Configure(push_.grant);
  // The target decodes from a key frame on, whatever gop_cache says about players here.
  Subscribe(audience, SegmentHolder::Where::kNewestKey);
  Event event(Event::Type::kPushing, id());
  event.key = push_.grant.key;
  shard().engine().events().Push(std::move(event));
  WriteOutput();
}

void PushConnection::WritePrelude(const Entry& entry) {
  auto headers = audience()->format().HeadersAt(entry.offset);
  if (!headers) return;
  RtmpPrelude prelude{session_.stream_id(), session_.chunk_size(), {true, true, true}, true};
  AppendRtmpPrelude(outbox(), *headers, entry, clock_, prelude);
  session_.set_chunk_size(prelude.chunk_size);
}

void PushConnection::OnStatus(const rtmp::ServerStatus& status) {
  if (session_.ready() && status.level == "error") OnRefused(status);
}

void PushConnection::OnRefused(const rtmp::ServerStatus& status) {
  refusal_ = status.code == kLoopCode ? Reason::kForwardLoop : Reason::kTargetRefused;
  message_ = std::string(status.code) + ": " + std::string(status.description);
  message_.resize(std::min(message_.size(), kMaxMessage));
}

void PushConnection::SayGoodbye(Reason reason) {
  if (closed() || draining()) return;
  if (reason == Reason::kFinished && audience() != nullptr) return EndAtTail();
  Finish(reason);
}

void PushConnection::Finish(Reason reason) {
  if (closed() || draining()) return;
  if (is_connecting_ || handshake_ || !FinishEntryPrivately()) return Close(reason);
  Speak([&](Buffer& out) { session_.Stop(out); });
  CloseAfterOutput(reason);
}

void PushConnection::OnClosing(Reason) {
  Unsubscribe();
  if (stream_ != nullptr) shard().engine().registry().Release(std::exchange(stream_, nullptr));
}

bool PushConnection::FindRole(ConnectionRole& role) const {
  role.is_relay = true;
  return Subscriber::FindRole(role);
}

void PushConnection::FillEnd(Event& event) const {
  event.type = Event::Type::kPushEnded;
  event.key = push_.grant.key;
  event.name = message_;
}

}  // namespace weir
