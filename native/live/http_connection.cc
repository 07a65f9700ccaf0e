#include "live/http_connection.h"

#include <string>
#include <utility>

#include "live/engine.h"
#include "live/shard.h"
#include "proto/flv/encoder.h"
#include "proto/http/date.h"
#include "proto/http/error_body.h"
#include "proto/ws/frame_writer.h"
#include "proto/ws/handshake.h"
#include "sys/monotonic.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// TCP_NOTSENT_LOWAT of viewers (design 2.4).
constexpr uint32_t kNotSent = 128 << 10;

int StatusFor(Reason reason) {
  switch (reason) {
    case Reason::kNameInvalid:
      return 400;
    case Reason::kVhostNotFound:
    case Reason::kStreamNotFound:
      return 404;
    case Reason::kMemoryLimit:
    case Reason::kDecisionTimeout:
      return 503;
    default:
      return 403;
  }
}

const char* ProtocolName(Format format) {
  if (format == Format::kTs) return "ts";
  return format == Format::kWsFlv ? "ws-flv" : "flv";
}

constexpr uint8_t kTagType[kTracks] = {flv::kVideoTag, flv::kAudioTag, flv::kScriptTag};

}  // namespace

struct HttpConnection::Asked {
  PlayGrant grant;
  Buffer upgrade;  // the 101 response, made while the request was at hand
  bool head_only = false;
};

HttpConnection::HttpConnection(Shard& shard, UniqueFd fd, uint64_t id) : Subscriber(shard, std::move(fd), id) {
  SetDeadline(shard.now_ms() + shard.engine().options().handshake_timeout, Reason::kHandshakeTimeout);
  shard.PutSweeping(*this);
}

HttpConnection::~HttpConnection() = default;

void HttpConnection::OnBytes(ByteView bytes) {
  if (frames_) {
    ReadFrames(bytes);
  } else if (!streams_) {
    ReadRequests(bytes);
  }
  // A viewer over plain HTTP has nothing more to say: what comes is read, so that its end is seen, and dropped.
  if (!closed() && !draining() && !outbox_empty()) WriteOutput();
}

void HttpConnection::ReadRequests(ByteView bytes) {
  http::Request request;
  while (!bytes.empty() && !closed() && !draining() && !asked_) {
    switch (reader_.Next(bytes, request)) {
      case http::RequestReader::Step::kMore:
        return;
      case http::RequestReader::Step::kBroken:
        return Fail(http::StatusOf(reader_.reason()), reader_.reason(), ReasonName(reader_.reason()));
      case http::RequestReader::Step::kRequest:
        Answer(request);
    }
  }
}

void HttpConnection::Answer(const http::Request& request) {
  http::DateText date = http::HttpDate(UnixSeconds());
  std::string_view now(date.data(), date.size());
  if (request.method == http::Method::kOther) return Fail(405, Reason::kHttpMalformed, "GET, HEAD and OPTIONS only");
  if (request.method == http::Method::kOptions) {
    Speak([&](Buffer& out) { http::AppendPreflight(out, now, request.keep_alive); });
    SetDeadline(shard().now_ms() + shard().engine().options().identify_timeout, Reason::kIdentifyTimeout);
    if (!request.keep_alive) CloseAfterOutput(Reason::kFinished);
    return;
  }
  ws::Upgrade upgrade = ws::CheckUpgrade(request);
  if (upgrade == ws::Upgrade::kVersion || upgrade == ws::Upgrade::kBroken) {
    Speak([&](Buffer& out) { ws::AppendRefusal(out, upgrade, now); });
    return CloseAfterOutput(Reason::kWsUpgradeInvalid);
  }
  bool is_ts = request.path.ends_with(".ts") && upgrade == ws::Upgrade::kNone;
  if (!is_ts && !request.path.ends_with(".flv")) return Fail(404, Reason::kStreamNotFound, "There is nothing here.");
  asked_ = std::make_unique<Asked>();
  asked_->head_only = request.method == http::Method::kHead;
  if (upgrade == ws::Upgrade::kAccept) ws::AppendAccept(asked_->upgrade, request, now);
  Ask(request, is_ts ? Format::kTs : upgrade == ws::Upgrade::kAccept ? Format::kWsFlv : Format::kFlv);
}

void HttpConnection::Ask(const http::Request& request, Format format) {
  format_ = format;
  Event event(Event::Type::kPlay, id());
  event.protocol = ProtocolName(format);
  event.ip = PeerIp();
  event.port = PeerPort();
  event.name = request.path;
  event.query = request.query;
  event.host = http::HostName(request.host);
  event.page_url = request.referer;
  event.flash_version = request.user_agent;
  HoldInput(true);
  announced_ = shard().engine().events().PushRequest(std::move(event));
  Millis patience = announced_ ? shard().engine().options().decision_timeout : 0;
  SetDeadline(shard().now_ms() + patience, Reason::kDecisionTimeout);
}

bool HttpConnection::Decide(const Decision& decision) {
  if (closed() || draining() || !asked_ || decision.request != Request::kPlay || stream_ != nullptr) return false;
  if (const auto* grant = std::get_if<PlayGrant>(&decision.answer)) {
    StartPlay(*grant);
  } else if (const auto* rejected = std::get_if<Rejected>(&decision.answer)) {
    Fail(StatusFor(rejected->reason), rejected->reason, rejected->description);
  }
  return true;
}

void HttpConnection::StartPlay(const PlayGrant& grant) {
  Registry& registry = shard().engine().registry();
  stream_ = grant.refuse_missing ? registry.AcquireAlive(grant.key) : registry.Acquire(grant.key, shard());
  if (stream_ == nullptr) {
    Event event(Event::Type::kRefused, id());
    event.reason = Reason::kStreamNotFound;
    shard().engine().events().Push(std::move(event));
    return Fail(404, Reason::kStreamNotFound, "Nobody publishes this stream.");
  }
  asked_->grant = grant;
  if (stream_->LogOf(format_) != nullptr) return BeginStream();
  if (&stream_->home() == &shard()) {
    stream_->OpenFormat(format_);
    return BeginStream();
  }
  // Its log is made where its publisher is, then this viewer goes on here.
  stream_->home().Post([stream = stream_->shared_from_this(), format = format_, &back = shard(), id = id()] {
    stream->OpenFormat(format);
    back.Post([&back, id] {
      Handles::Place place = back.engine().handles().Find(id);
      if (place.connection != nullptr && place.shard == &back) place.connection->FormatOpened();
    });
  });
}

void HttpConnection::FormatOpened() {
  if (!closed() && !draining() && asked_ && stream_ != nullptr) BeginStream();
}

void HttpConnection::BeginStream() {
  std::unique_ptr<Asked> asked = std::move(asked_);
  bool is_upgrade = !asked->upgrade.empty();
  Speak([&](Buffer& out) {
    if (is_upgrade) return Append(out, asked->upgrade);
    http::ResponseHead head = Head(200);
    http::DateText date = http::HttpDate(UnixSeconds());
    head.date = {date.data(), date.size()};
    head.content_type = format_ == Format::kTs ? "video/mp2t" : "video/x-flv";
    head.cache_control = "no-cache";
    http::AppendHead(out, head);
  });
  if (closed()) return;  // it left too much unread before
  if (asked->head_only) return CloseAfterOutput(Reason::kFinished);
  if (is_upgrade) frames_ = std::make_unique<ws::FrameReader>();
  streams_ = true;
  SetNoDelay(fd(), asked->grant.tcp_nodelay);
  SetNotSentLowWater(fd(), kNotSent);
  Tell(Event::Type::kPlaying, Reason::kNone);
  Audience& audience = stream_->AudienceOn(shard(), format_);
  audience.Configure(asked->grant);
  Subscribe(audience, asked->grant.gop_cache ? SegmentHolder::Where::kNewestKey : SegmentHolder::Where::kTail);
  HoldInput(false);
  WriteOutput();
  if (!closed()) ReadSome();  // the edge for what lies in the socket has passed
}

void HttpConnection::WritePrelude(const Entry& entry) {
  if (format_ == Format::kTs) return;  // each key frame brings its own
  auto headers = audience()->format().HeadersAt(entry.offset);
  if (!headers) return;
  bool over_ws = format_ == Format::kWsFlv;
  uint32_t time = static_cast<uint32_t>(entry.dts);
  if (!has_start_) {
    // Flags tell the truth: players wait for every track that is flagged (wire-facts 4.2).
    flv::Tracks tracks{headers->active[kAudioTrack] && wants(kAudioTrack),
                       headers->active[kVideoTrack] && wants(kVideoTrack)};
    over_ws ? flv::AppendWsFileStart(outbox(), tracks) : flv::AppendFileStart(outbox(), tracks);
    has_start_ = true;
  }
  auto append = [&](uint8_t type, uint32_t at, ByteView payload) {
    over_ws ? flv::AppendWsTag(outbox(), type, at, payload) : flv::AppendTag(outbox(), type, at, payload);
  };
  if (metadata_version_ != headers->metadata_version && !headers->metadata.empty()) {
    append(flv::kScriptTag, 0, headers->metadata);
  }
  metadata_version_ = headers->metadata_version;
  // Headers have the time of the first frame: players take a step from 0 for a gap.
  for (const auto& config : headers->configs) {
    if (wants(config.track)) append(kTagType[config.track], time, config.payload);
  }
}

int64_t HttpConnection::EndsAt(const Entry&) { return INT64_MAX; }

void HttpConnection::ReadFrames(ByteView bytes) {
  while (!closed() && !draining()) {
    switch (frames_->Next(bytes)) {
      case ws::FrameReader::Step::kMore:
        return frames_->ReleaseBuffers();
      case ws::FrameReader::Step::kBroken:
        Speak([&](Buffer& out) { ws::AppendClose(out, ws::CloseCodeOf(frames_->reason()), ""); });
        return EndStream(frames_->reason());
      case ws::FrameReader::Step::kMessage:
        break;
    }
    const ws::Message& message = frames_->message();
    if (message.opcode == ws::Opcode::kPing) {
      Speak([&](Buffer& out) { ws::AppendFrame(out, ws::Opcode::kPong, message.payload); });
    } else if (message.opcode == ws::Opcode::kClose) {
      Speak([&](Buffer& out) { ws::AppendClose(out, ws::kCloseNormal, ""); });
      return EndStream(Reason::kPeerClosed);
    }
  }
}

// Ends a viewer with what was said to it behind the entry in flight.
void HttpConnection::EndStream(Reason reason) {
  if (closed() || draining()) return;
  if (!FinishEntryPrivately()) return Close(reason);
  CloseAfterOutput(reason);
}

void HttpConnection::SayGoodbye(Reason reason) {
  if (closed() || draining()) return;
  if (frames_) Speak([&](Buffer& out) { ws::AppendClose(out, ws::kCloseGoingAway, ReasonName(reason)); });
  EndStream(reason);
}

void HttpConnection::Fail(int status, Reason reason, std::string_view detail) {
  http::DateText date = http::HttpDate(UnixSeconds());
  http::ResponseHead head = Head(status);
  head.date = {date.data(), date.size()};
  if (status == 405) head.allow = "GET, HEAD, OPTIONS";
  bool head_only = asked_ && asked_->head_only;
  Speak([&](Buffer& out) { http::AppendError(out, head, {.detail = detail, .head_only = head_only}); });
  CloseAfterOutput(reason);
}

http::ResponseHead HttpConnection::Head(int status) {
  http::ResponseHead head;
  head.status = status;
  head.cors = shard().engine().options().cross_domain;
  return head;
}

void HttpConnection::OnClosing(Reason reason) { LeaveStream(reason); }

void HttpConnection::LeaveStream(Reason reason) {
  if (stream_ == nullptr) return;
  if (audience() != nullptr) Tell(Event::Type::kStopped, reason);
  Unsubscribe();
  shard().engine().registry().Release(std::exchange(stream_, nullptr));
}

void HttpConnection::Tell(Event::Type type, Reason reason) {
  Event event(type, id());
  event.reason = reason;
  event.key = stream_->key();
  event.protocol = ProtocolName(format_);
  shard().engine().events().Push(std::move(event));
}

}  // namespace weir
