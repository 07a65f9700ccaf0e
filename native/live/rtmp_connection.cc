#include "live/rtmp_connection.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "live/engine.h"
#include "live/publishing.h"
#include "live/rtmp_farewell.h"
#include "live/shard.h"
#include "sys/entropy.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// Handshake and connect with a long tcUrl take 5 KB; who sends more before it was accepted is no RTMP client.
constexpr uint64_t kMaxBeforeConnect = 64 << 10;
// A publisher's messages; the length field could say 16 MB at most anyway.
constexpr uint32_t kMaxMedia = rtmp::kMaxMessageSize;
// What a client may ask for; longer is taken as this (a year in milliseconds, safe to cast).
constexpr double kLongestDuration = 365.0 * 24 * 3600 * 1000;
// A client that ended its role may take another on the same connection (srs-behaviour 3.1).
constexpr Millis kRepublishTime = 3 * 60'000;
constexpr Millis kReplayTime = 30 * 60'000;
// TCP_NOTSENT_LOWAT of players: less doubles the calls, more parks memory in sockets (design 2.4).
constexpr uint32_t kNotSent = 128 << 10;

}  // namespace

struct RtmpConnection::Stage {
  Millis play_duration = 0;  // of media; 0: without end
  int64_t play_until = 0;    // dts, known with the first entry
  std::optional<rtmp::ServerHandshake> handshake;
  std::optional<Publishing> publishing;
  Buffer unread;  // came behind a request that waits for its decision
};

RtmpConnection::RtmpConnection(Shard& shard, UniqueFd fd, uint64_t id) : Subscriber(shard, std::move(fd), id) {
  stage().handshake.emplace(FillRandom, static_cast<uint32_t>(shard.now_ms()));
  SetDeadline(shard.now_ms() + shard.engine().options().handshake_timeout, Reason::kHandshakeTimeout);
  shard.PutSweeping(*this);
}

RtmpConnection::~RtmpConnection() = default;

bool RtmpConnection::publishes() const { return stage_ && stage_->publishing; }

RtmpConnection::Stage& RtmpConnection::stage() {
  if (!stage_) stage_ = std::make_unique<Stage>();
  return *stage_;
}

void RtmpConnection::LeaveStage() {
  bool is_used = stage_ && (stage_->handshake || stage_->publishing || !stage_->unread.empty() || has_end());
  if (!is_used) stage_.reset();
}

void RtmpConnection::OnBytes(ByteView bytes) {
  if (!session_.connected() && bytes_in() > kMaxBeforeConnect) return Close(Reason::kBytesBeforeConnect);
  Speak([&](Buffer& out) { session_.CountReceived(bytes.size(), out); });
  if (stage_ && stage_->handshake) {
    rtmp::HandshakeStep step;
    Speak([&](Buffer& out) { step = stage_->handshake->Next(bytes, out); });
    if (step == rtmp::HandshakeStep::kBroken) return Close(stage_->handshake->reason());
    if (step == rtmp::HandshakeStep::kDone) {
      stage_.reset();
      SetDeadline(shard().now_ms() + shard().engine().options().identify_timeout, Reason::kIdentifyTimeout);
    }
  }
  ReadMessages(bytes);
  if (!closed() && !draining() && !outbox_empty()) WriteOutput();
}

void RtmpConnection::ReadMessages(ByteView bytes) {
  while (!bytes.empty() && !closed() && !draining()) {
    if (session_.waiting()) {
      stage().unread.assign(bytes.begin(), bytes.end());
      return;
    }
    switch (reader_.Next(bytes)) {
      case rtmp::ChunkReader::Step::kMore:
        return;
      case rtmp::ChunkReader::Step::kBroken:
        return Close(reader_.reason());
      case rtmp::ChunkReader::Step::kMessage:
        break;
    }
    Reason reason = Reason::kNone;
    Speak([&](Buffer& out) { reason = session_.Input(reader_.message(), out, *this); });
    if (reason != Reason::kNone) return CloseAfterOutput(reason);
  }
}

// --- Requests and their decisions.

void RtmpConnection::OnConnect(const rtmp::ConnectRequest& request) {
  Event event = MakeEvent(Event::Type::kConnect);
  event.port = PeerPort();
  event.tc_url = request.tc_url;
  event.app = request.app;
  event.page_url = request.page_url;
  event.swf_url = request.swf_url;
  event.flash_version = request.flash_version;
  event.relay_path = request.relay_path;
  Ask(std::move(event), Pending::kConnect);
}

void RtmpConnection::OnPublish(const rtmp::PublishRequest& request) {
  Event event = MakeEvent(Event::Type::kPublish);
  event.name = request.name;
  Ask(std::move(event), Pending::kPublish);
}

void RtmpConnection::OnPlay(const rtmp::PlayRequest& request) {
  Event event = MakeEvent(Event::Type::kPlay);
  event.protocol = "rtmp";
  event.name = request.name;
  set_has_end(request.duration_ms > 0);
  if (has_end()) {
    stage().play_duration = static_cast<Millis>(std::min(request.duration_ms, kLongestDuration));
    stage().play_until = 0;
  }
  Ask(std::move(event), Pending::kPlay);
}

void RtmpConnection::Ask(Event event, Pending pending) {
  if (closed()) return;  // when it left the role that this request replaces
  pending_ = pending;
  HoldInput(true);
  SetDeadline(shard().now_ms() + shard().engine().options().decision_timeout, Reason::kDecisionTimeout);
  // Before `connect` is known to TypeScript nothing else is; afterwards it waits for this connection's `closed`.
  if (shard().engine().events().PushRequest(std::move(event))) {
    announced_ = true;
  } else {
    SetDeadline(shard().now_ms(), Reason::kDecisionTimeout);
  }
}

bool RtmpConnection::Decide(const Decision& decision) {
  static constexpr Pending kOf[] = {Pending::kConnect, Pending::kPublish, Pending::kPlay};
  if (closed() || draining() || pending_ != kOf[static_cast<int>(decision.request)]) return false;
  if (const auto* rejected = std::get_if<Rejected>(&decision.answer)) {
    Reject(*rejected);
  } else if (const auto* publish = std::get_if<PublishGrant>(&decision.answer)) {
    StartPublish(*publish);
  } else if (const auto* play = std::get_if<PlayGrant>(&decision.answer)) {
    StartPlay(*play);
  } else {
    const EngineOptions& options = shard().engine().options();
    Speak([&](Buffer& out) {
      session_.AcceptConnect({.server = options.server}, shard().engine().tunables().chunk_size(), out);
    });
    SetDeadline(shard().now_ms() + options.identify_timeout, Reason::kIdentifyTimeout);
    if (shard().engine().tunables().is_draining()) AskToReconnect();
    Resume();
  }
  return true;
}

void RtmpConnection::Resume() {
  pending_ = Pending::kNone;
  HoldInput(false);
  if (!closed()) WriteOutput();
  if (stage_ && !stage_->unread.empty()) {
    Buffer unread = std::exchange(stage_->unread, {});
    LeaveStage();
    ReadMessages(unread);
    if (!closed() && !draining() && !outbox_empty()) WriteOutput();
  }
  ReadSome();  // the edge for what lies in the socket has passed
}

void RtmpConnection::Reject(const Rejected& rejection) {
  Speak([&](Buffer& out) {
    switch (pending_) {
      case Pending::kConnect:
        return session_.RejectConnect(rejection.code, rejection.description, out);
      case Pending::kPublish:
        return session_.RejectPublish(rejection.code, rejection.description, out);
      default:
        return session_.RejectPlay(rejection.code, rejection.description, out);
    }
  });
  CloseAfterOutput(rejection.reason);
}

// Refused by ourselves after TypeScript had accepted.
void RtmpConnection::RefuseStream(const Rejected& rejection) {
  Event event = MakeEvent(Event::Type::kRefused);
  event.reason = rejection.reason;
  shard().engine().events().Push(std::move(event));
  if (stage_) stage_->publishing.reset();
  if (stream_ != nullptr) shard().engine().registry().Release(std::exchange(stream_, nullptr));
  Reject(rejection);
}

void RtmpConnection::StartPublish(const PublishGrant& grant) {
  stage().publishing.emplace(grant);
  stream_ = shard().engine().registry().Acquire(grant.key, shard());
  if (&stream_->home() == &shard()) {
    ClaimStream();
  } else {
    MoveTo(stream_->home());  // a log has one writer: its publisher lives where it does
  }
}

void RtmpConnection::OnMoved() {
  shard().PutSweeping(*this);
  ClaimStream();
}

void RtmpConnection::ClaimStream() {
  const Reason reason = stage_->publishing->Claim(*this, shard().engine(), *stream_, shard().now_ms());
  if (reason != Reason::kNone) {
    const char* why =
        reason == Reason::kMemoryLimit ? "The server's memory limit is reached." : "Stream already publishing.";
    return RefuseStream({reason, "NetStream.Publish.BadName", why});
  }
  reader_.set_limits({.max_message = kMaxMedia});
  SetDeadline(0, Reason::kNone);
  Tell(Event::Type::kPublished, Reason::kNone);
  Speak([&](Buffer& out) { session_.AcceptPublish(out); });
  Resume();
}

void RtmpConnection::StartPlay(const PlayGrant& grant) {
  Registry& registry = shard().engine().registry();
  stream_ = grant.refuse_missing ? registry.AcquireAlive(grant.key) : registry.Acquire(grant.key, shard());
  if (stream_ == nullptr) {
    return RefuseStream({Reason::kStreamNotFound, "NetStream.Play.StreamNotFound", "Nobody publishes this stream."});
  }
  Tell(Event::Type::kPlaying, Reason::kNone);
  Speak([&](Buffer& out) { session_.AcceptPlay(out); });
  if (closed()) return;  // it left too much unread before
  SetNoDelay(fd(), grant.tcp_nodelay);
  SetNotSentLowWater(fd(), kNotSent);
  reader_.ReleaseBuffers();
  clock_ = {};
  Audience& audience = stream_->AudienceOn(shard(), Format::kRtmp);
  audience.Configure(grant);
  Subscribe(audience, grant.gop_cache ? SegmentHolder::Where::kNewestKey : SegmentHolder::Where::kTail);
  Resume();
}

// --- The role.

void RtmpConnection::OnEnd() { SayGoodbye(Reason::kFinished); }

int64_t RtmpConnection::EndsAt(const Entry& first) {
  if (stage_->play_until == 0) stage_->play_until = first.dts + stage_->play_duration;
  return stage_->play_until;
}

void RtmpConnection::WritePrelude(const Entry& entry) {
  auto headers = audience()->format().HeadersAt(entry.offset);
  if (!headers) return;
  RtmpPrelude prelude{
      session_.stream_id(), session_.chunk_size(), {wants(kVideoTrack), wants(kAudioTrack), wants(kDataTrack)}};
  AppendRtmpPrelude(outbox(), *headers, entry, clock_, prelude);
  session_.set_chunk_size(prelude.chunk_size);
}

void RtmpConnection::OnMedia(const rtmp::Message& message) {
  stage_->publishing->Write(*stream_, message, shard().now_ms());
}

void RtmpConnection::OnPause(bool is_paused) { Pause(is_paused); }
void RtmpConnection::OnReceiveAudio(bool wanted) { Want(kAudioTrack, wanted); }
void RtmpConnection::OnReceiveVideo(bool wanted) { Want(kVideoTrack, wanted); }

void RtmpConnection::OnStreamEnd(rtmp::StreamEnd) {
  bool was_publisher = publishes();
  if (!FinishEntryPrivately()) return Close(Reason::kFinished);
  LeaveStream(Reason::kFinished);
  SetDeadline(shard().now_ms() + (was_publisher ? kRepublishTime : kReplayTime), Reason::kIdentifyTimeout);
  shard().PutSweeping(*this);
}

void RtmpConnection::LeaveStream(Reason reason) {
  if (stream_ == nullptr) return;
  bool was_publisher = publishes();
  if (was_publisher && stream_->publisher() != this) {
    // It moved here, or was refused, without having got the stream.
    stage_->publishing.reset();
    return shard().engine().registry().Release(std::exchange(stream_, nullptr));
  }
  if (was_publisher) stream_->EndMedia();
  Tell(was_publisher ? Event::Type::kUnpublished : Event::Type::kStopped, reason);
  if (was_publisher) {
    stream_->EndPublish(shard().now_ms(), reason == Reason::kTakenOver);
    stage_->publishing.reset();
    LeaveStage();
  } else {
    Unsubscribe();
  }
  shard().engine().registry().Release(std::exchange(stream_, nullptr));
}

void RtmpConnection::SayGoodbye(Reason reason) {
  if (closed() || draining()) return;
  if (!session_.connected() || !FinishEntryPrivately()) return Close(reason);
  Speak([&](Buffer& out) { AppendRtmpFarewell(out, session_, reason); });
  CloseAfterOutput(reason);
}

void RtmpConnection::AskToReconnect() {
  if (closed() || draining() || !session_.connected() || !session_.can_reconnect()) return;
  Speak([&](Buffer& out) { session_.RequestReconnect(out); });
  if (!outbox_empty()) WriteOutput();
}

const StreamKey* RtmpConnection::key() const { return stream_ == nullptr ? nullptr : &stream_->key(); }

void RtmpConnection::Regrant(const PublishGrant& grant) {
  if (publishes()) stage_->publishing->set_grant(grant);
}

void RtmpConnection::OnClosing(Reason reason) { LeaveStream(reason); }

void RtmpConnection::Sweep(Millis now) {
  if (publishes() && stream_->publisher() == this) {
    const Reason overdue = stage_->publishing->Overdue(now);
    if (overdue != Reason::kNone) return SayGoodbye(overdue);
  }
  Connection::Sweep(now);
}

bool RtmpConnection::FindRole(ConnectionRole& role) const {
  if (!publishes()) return Subscriber::FindRole(role);
  role = {.key = &stream_->key(), .protocol = "rtmp", .is_publisher = true};
  return true;
}

bool RtmpConnection::Collect(ConnectionStats& stats, Millis now) const {
  if (!Subscriber::Collect(stats, now)) return false;
  if (publishes()) stats.frames = stream_->writer().video_frames.get() + stream_->writer().audio_frames.get();
  return true;
}

void RtmpConnection::Tell(Event::Type type, Reason reason) {
  Event event = MakeEvent(type);
  event.reason = reason;
  event.key = stream_->key();
  event.protocol = "rtmp";
  shard().engine().events().Push(std::move(event));
}

Event RtmpConnection::MakeEvent(Event::Type type) const {
  Event event(type, id());
  if (type == Event::Type::kConnect || type == Event::Type::kPublish || type == Event::Type::kPlay ||
      type == Event::Type::kPublished) {
    event.ip = PeerIp();
  }
  if (session_.connected()) {
    event.tc_url = session_.tc_url();
    event.app = session_.app();
    event.page_url = session_.page_url();
    event.relay_path = session_.relay_path();
  }
  return event;
}

}  // namespace weir
