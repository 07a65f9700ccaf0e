#include "live/push_connection.h"

#include <utility>

#include "live/engine.h"
#include "live/shard.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// As for players (design 2.4).
constexpr uint32_t kNotSent = 128 << 10;

}  // namespace

PushConnection::PushConnection(Shard& shard, UniqueFd fd, uint64_t id, Push push)
    : RelayConnection(shard, std::move(fd), id, std::move(push.peer)), grant_(std::move(push.grant)) {}

void PushConnection::OnConnected() {
  SetNoDelay(fd(), grant_.tcp_nodelay);
  SetNotSentLowWater(fd(), kNotSent);
}

rtmp::ClientRequest PushConnection::Request() const {
  rtmp::ClientRequest request;
  request.publish = true;
  request.chunk_size = grant_.chunk_size;
  return request;
}

void PushConnection::AfterInput() {
  if (!session().ready() || stream_ != nullptr) return;
  stream_ = shard().engine().registry().AcquireAlive(grant_.key);
  if (stream_ == nullptr) return Finish(Reason::kStreamNotFound);
  SetDeadline(0, Reason::kNone);
  reader().ReleaseBuffers();
  Audience& audience = stream_->AudienceOn(shard(), Format::kRtmp);
  audience.Configure(grant_);
  // The target decodes from a key frame on, whatever gop_cache says about players here.
  Subscribe(audience, SegmentHolder::Where::kNewestKey);
  Event event(Event::Type::kPushing, id());
  event.key = grant_.key;
  shard().engine().events().Push(std::move(event));
  WriteOutput();
}

void PushConnection::WritePrelude(const Entry& entry) {
  auto headers = audience()->format().HeadersAt(entry.offset);
  if (!headers) return;
  RtmpPrelude prelude{session().stream_id(), session().chunk_size(), {true, true, true}, true};
  AppendRtmpPrelude(outbox(), *headers, entry, clock_, prelude);
  session().set_chunk_size(prelude.chunk_size);
}

void PushConnection::SayGoodbye(Reason reason) {
  if (closed() || draining()) return;
  if (reason == Reason::kFinished && audience() != nullptr) return EndAtTail();
  Finish(reason);
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
  event.key = grant_.key;
  event.name = message();
}

}  // namespace weir
