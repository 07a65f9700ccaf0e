#include "live/pull_connection.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "live/engine.h"
#include "live/shard.h"
#include "media/amf0.h"

namespace weir {
namespace {

// Metadata and the like; servers send one or two.
constexpr size_t kMostEarlyData = 16;

// The source has no more for now, or for good. It is connected anew, so that no dead connection is waited at.
constexpr std::string_view kEndCodes[] = {"NetStream.Play.UnpublishNotify", "NetStream.Play.Stop",
                                          "NetStream.Play.Complete"};

// What servers tell each player, and is no part of the stream.
constexpr std::string_view kForPlayers[] = {"|RtmpSampleAccess", "onStatus"};

bool IsForPlayers(const rtmp::Message& message) {
  if (message.type != rtmp::kTypeData) return false;
  amf0::Reader reader(message.payload);
  std::string_view name;
  if (reader.ReadString(name) != Reason::kNone) return false;
  return std::find(std::begin(kForPlayers), std::end(kForPlayers), name) != std::end(kForPlayers);
}

bool IsFrame(const rtmp::Message& message) {
  return message.type == rtmp::kTypeAudio || message.type == rtmp::kTypeVideo;
}

}  // namespace

PullConnection::PullConnection(Shard& shard, UniqueFd fd, uint64_t id, Pull pull)
    : RelayConnection(shard, std::move(fd), id, pull.peer), pull_(std::move(pull)) {}

void PullConnection::OnReady(uint32_t) {
  reader().set_limits({.max_message = rtmp::kMaxMessageSize});
  if (!has_asked_) SetDeadline(shard().now_ms() + pull_.media_timeout, Reason::kSourceSilent);
}

void PullConnection::OnStatus(const rtmp::ServerStatus& status) {
  const bool is_end = std::find(std::begin(kEndCodes), std::end(kEndCodes), status.code) != std::end(kEndCodes);
  if (session().ready() && is_end) return FinishLater(Reason::kFinished);
  RelayConnection::OnStatus(status);
}

void PullConnection::OnMedia(const rtmp::Message& message) {
  if (IsForPlayers(message)) return;
  if (publishes()) return publishing_->Write(*stream_, message, shard().now_ms());
  KeepEarly(message);
  if (IsFrame(message) && !has_asked_) Ask();
}

// Before the first frame only a few messages of data; behind it what else was in the same aggregate.
void PullConnection::KeepEarly(const rtmp::Message& message) {
  if (!has_asked_ && !IsFrame(message) && early_.size() >= kMostEarlyData) early_.erase(early_.begin());
  early_.push_back({message.type, message.timestamp, Buffer(message.payload.begin(), message.payload.end())});
}

void PullConnection::Ask() {
  has_asked_ = true;
  is_asking_ = true;
  HoldInput(true);
  Event event(Event::Type::kPublish, id());
  event.ip = PeerIp();
  event.port = PeerPort();
  event.tc_url = pull_.tc_url;
  event.app = pull_.app;
  event.name = pull_.stream;
  const bool is_heard = shard().engine().events().PushRequest(std::move(event));
  const Millis wait = is_heard ? shard().engine().options().decision_timeout : 0;
  SetDeadline(shard().now_ms() + wait, Reason::kDecisionTimeout);
}

bool PullConnection::Decide(const Decision& decision) {
  if (closed() || draining() || !is_asking_ || publishing_) return false;
  if (const auto* rejected = std::get_if<Rejected>(&decision.answer)) {
    Finish(rejected->reason);
    return true;
  }
  const auto* grant = std::get_if<PublishGrant>(&decision.answer);
  if (grant == nullptr) return false;
  publishing_.emplace(*grant);
  stream_ = shard().engine().registry().Acquire(grant->key, shard());
  if (&stream_->home() == &shard()) {
    Claim();
  } else {
    MoveTo(stream_->home());  // a log has one writer: its publisher lives where it does
  }
  return true;
}

void PullConnection::OnMoved() {
  shard().PutSweeping(*this);
  Claim();
}

void PullConnection::Claim() {
  const Reason reason = publishing_->Claim(*this, shard().engine(), *stream_, shard().now_ms());
  if (reason != Reason::kNone) return Refuse(reason);
  SetDeadline(0, Reason::kNone);
  Tell(Event::Type::kPublished, Reason::kNone);
  is_asking_ = false;
  HoldInput(false);
  for (const Early& early : std::exchange(early_, {})) {
    OnMedia({.type = early.type, .timestamp = early.timestamp, .payload = early.payload});
  }
  if (!ReadHeldMessages()) return;
  if (!outbox_empty()) WriteOutput();
  ReadSome();  // the edge for what lies in the socket has passed
}

void PullConnection::Refuse(Reason reason) {
  Event event(Event::Type::kRefused, id());
  event.reason = reason;
  event.key = stream_->key();
  shard().engine().events().Push(std::move(event));
  Finish(reason);
}

void PullConnection::OnClosing(Reason reason) { LeaveStream(reason); }

void PullConnection::LeaveStream(Reason reason) {
  if (stream_ == nullptr) return;
  if (publishes()) {
    stream_->EndMedia();
    Tell(Event::Type::kUnpublished, reason);
    stream_->EndPublish(shard().now_ms(), reason == Reason::kTakenOver);
  }
  publishing_.reset();
  shard().engine().registry().Release(std::exchange(stream_, nullptr));
}

void PullConnection::Tell(Event::Type type, Reason reason) {
  Event event(type, id());
  event.reason = reason;
  event.key = stream_->key();
  event.protocol = "rtmp";
  event.tc_url = pull_.tc_url;
  event.app = pull_.app;
  if (type == Event::Type::kPublished) event.ip = PeerIp();
  shard().engine().events().Push(std::move(event));
}

void PullConnection::Regrant(const PublishGrant& grant) {
  if (publishes()) publishing_->set_grant(grant);
}

void PullConnection::Sweep(Millis now) {
  if (publishes()) {
    const Reason overdue = publishing_->Overdue(now);
    if (overdue != Reason::kNone) return Finish(overdue);
  }
  Connection::Sweep(now);
}

bool PullConnection::FindRole(ConnectionRole& role) const {
  if (!publishes()) return false;
  role = {.key = &stream_->key(), .protocol = "rtmp", .is_publisher = true};
  return true;
}

bool PullConnection::Collect(ConnectionStats& stats, Millis now) const {
  if (!Subscriber::Collect(stats, now)) return false;
  stats.frames = stream_->writer().video_frames.get() + stream_->writer().audio_frames.get();
  return true;
}

void PullConnection::FillEnd(Event& event) const {
  event.type = Event::Type::kPullEnded;
  event.name = message();
}

}  // namespace weir
