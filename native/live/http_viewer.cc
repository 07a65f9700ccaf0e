#include "live/http_viewer.h"

#include <string>
#include <utility>

#include "live/engine.h"
#include "live/shard.h"
#include "proto/flv/encoder.h"
#include "proto/http/date.h"
#include "proto/ws/frame_writer.h"
#include "sys/monotonic.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// TCP_NOTSENT_LOWAT of viewers (design 2.4).
constexpr uint32_t kNotSent = 128 << 10;
// Messages of a WebSocket client in one second: players send none, browsers a ping now and then.
constexpr int kMostMessages = 50;

int StatusFor(Reason reason) {
  switch (reason) {
    case Reason::kNameInvalid:
      return 400;
    case Reason::kVhostNotFound:
    case Reason::kStreamNotFound:
      return 404;
    case Reason::kMemoryLimit:
    case Reason::kDecisionTimeout:
    case Reason::kVhostFull:
    case Reason::kStreamFull:
    case Reason::kAddressFull:
    case Reason::kOutputLimit:
    case Reason::kHookFailed:
      return 503;
    default:
      return 403;
  }
}

const char* ProtocolName(Format format) { return kPlayProtocolNames[PlayProtocolOf(format)]; }

// MPEG-TS has logs of their own for single tracks.
Format WithTracks(Format format, WantedTracks tracks) {
  if (format != Format::kTs || tracks == WantedTracks::kAll) return format;
  return tracks == WantedTracks::kAudio ? Format::kTsAudio : Format::kTsVideo;
}

constexpr uint8_t kTagType[kTracks] = {flv::kVideoTag, flv::kAudioTag, flv::kScriptTag};

}  // namespace

// What only a request that waits for its decision has.
struct HttpViewer::Asked {
  PlayGrant grant;
  Buffer upgrade;
  bool head_only;
};

// Over WebSocket, once the stream has begun.
struct HttpViewer::Socket {
  ws::FrameReader frames;
  Millis second = 0;  // that its messages are counted in
  int messages = 0;

  bool IsTooBusy(Millis now) {
    if (now / 1000 != second) {
      second = now / 1000;
      messages = 0;
    }
    return ++messages > kMostMessages;
  }
};

struct HttpViewer::Watch {
  std::unique_ptr<Asked> asked;  // until the stream begins
  std::unique_ptr<Socket> socket;
  Stream* stream = nullptr;  // of which it is a counted user
  uint32_t metadata_version = 0;
  Format format;
  bool has_start = false;  // the FLV header is written
};

HttpViewer::HttpViewer(Shard& shard, UniqueFd fd, uint64_t id) : Subscriber(shard, std::move(fd), id) {}

HttpViewer::~HttpViewer() = default;

void HttpViewer::Ask(const http::Request& request, Format format, Buffer upgrade) {
  bool head_only = request.method == http::Method::kHead;
  watch_ = std::make_unique<Watch>();
  watch_->asked = std::make_unique<Asked>(Asked{{}, std::move(upgrade), head_only});
  watch_->format = format;
  HoldInput(true);
  bool is_asked = PushQuestion(QuestionOf(request, ProtocolName(format)));
  Millis patience = is_asked ? shard().engine().options().decision_timeout : 0;
  SetDeadline(shard().now_ms() + patience, Reason::kDecisionTimeout);
}

Event HttpViewer::QuestionOf(const http::RequestFields& request, const char* protocol) const {
  Event event(Event::Type::kPlay, id());
  event.protocol = protocol;
  event.ip = PeerIp();
  event.port = PeerPort();
  event.name = request.path;
  event.query = request.query;
  event.host = http::HostName(request.host);
  event.page_url = request.referer;
  event.flash_version = request.user_agent;
  return event;
}

bool HttpViewer::PushQuestion(Event event) {
  bool is_asked = shard().engine().events().PushRequest(std::move(event));
  announced_ = announced_ || is_asked;
  return is_asked;
}

bool HttpViewer::Decide(const Decision& decision) {
  bool is_asked = watch_ && watch_->asked && watch_->stream == nullptr;
  if (closed() || draining() || !is_asked || decision.request != Request::kPlay) return false;
  if (const auto* grant = std::get_if<PlayGrant>(&decision.answer)) {
    StartPlay(*grant);
  } else if (const auto* rejected = std::get_if<Rejected>(&decision.answer)) {
    Fail(StatusFor(rejected->reason), rejected->reason, rejected->description, watch_->asked->head_only);
  }
  return true;
}

void HttpViewer::StartPlay(const PlayGrant& grant) {
  Registry& registry = shard().engine().registry();
  Stream* stream = grant.refuse_missing ? registry.AcquireAlive(grant.key) : registry.Acquire(grant.key, shard());
  if (stream == nullptr) {
    Event event(Event::Type::kRefused, id());
    event.reason = Reason::kStreamNotFound;
    shard().engine().events().Push(std::move(event));
    return Fail(404, Reason::kStreamNotFound, "Nobody publishes this stream.", watch_->asked->head_only);
  }
  watch_->stream = stream;
  watch_->asked->grant = grant;
  watch_->format = WithTracks(watch_->format, grant.tracks);
  if (stream->LogOf(watch_->format) != nullptr) return BeginStream();
  if (&stream->home() == &shard()) {
    stream->OpenFormat(watch_->format);
    return BeginStream();
  }
  // Its log is made where its publisher is, then this viewer goes on here.
  stream->home().Post([stream = stream->shared_from_this(), format = watch_->format, &back = shard(), id = id()] {
    stream->OpenFormat(format);
    back.Post([&back, id] {
      Handles::Place place = back.engine().handles().Find(id);
      if (place.connection != nullptr && place.shard == &back) place.connection->Wake();
    });
  });
}

void HttpViewer::Wake() {
  if (!closed() && !draining() && watch_ && watch_->asked && watch_->stream != nullptr) BeginStream();
}

void HttpViewer::BeginStream() {
  std::unique_ptr<Asked> asked = std::move(watch_->asked);
  bool is_upgrade = !asked->upgrade.empty();
  Speak([&](Buffer& out) {
    if (is_upgrade) {
      shard().http.Count(101);
      return Append(out, asked->upgrade);
    }
    http::ResponseHead head = Head(200);
    http::DateText date = http::HttpDate(UnixSeconds());
    head.date = {date.data(), date.size()};
    head.content_type = IsTs(watch_->format) ? "video/mp2t" : "video/x-flv";
    head.cache_control = "no-cache";
    http::AppendHead(out, head);
  });
  if (asked->head_only) return CloseAfterOutput(Reason::kFinished);
  if (is_upgrade) watch_->socket = std::make_unique<Socket>();
  SetNoDelay(fd(), asked->grant.tcp_nodelay);
  SetNotSentLowWater(fd(), kNotSent);
  Tell(Event::Type::kPlaying, Reason::kNone);
  Audience& audience = watch_->stream->AudienceOn(shard(), watch_->format);
  audience.Configure(asked->grant);
  Subscribe(audience, asked->grant.gop_cache ? SegmentHolder::Where::kNewestKey : SegmentHolder::Where::kTail);
  bool chooses = !IsTs(watch_->format);
  if (chooses && asked->grant.tracks == WantedTracks::kAudio) Want(kVideoTrack, false);
  if (chooses && asked->grant.tracks == WantedTracks::kVideo) Want(kAudioTrack, false);
  HoldInput(false);
  Flush();
  if (!closed()) ReadSome();  // the edge for what lies in the socket has passed
}

void HttpViewer::WritePrelude(const Entry& entry) {
  if (IsTs(watch_->format)) return;  // each key frame brings its own
  auto headers = audience()->format().HeadersAt(entry.offset);
  if (!headers) return;
  bool over_ws = watch_->format == Format::kWsFlv;
  uint32_t time = static_cast<uint32_t>(entry.dts);
  if (!watch_->has_start) {
    // Flags tell the truth: players wait for every track that is flagged (wire-facts 4.2).
    flv::Tracks tracks{headers->active[kAudioTrack] && wants(kAudioTrack),
                       headers->active[kVideoTrack] && wants(kVideoTrack)};
    over_ws ? flv::AppendWsFileStart(outbox(), tracks) : flv::AppendFileStart(outbox(), tracks);
    watch_->has_start = true;
  }
  auto append = [&](uint8_t type, uint32_t at, ByteView payload) {
    over_ws ? flv::AppendWsTag(outbox(), type, at, payload) : flv::AppendTag(outbox(), type, at, payload);
  };
  if (watch_->metadata_version != headers->metadata_version && !headers->metadata.empty()) {
    append(flv::kScriptTag, 0, headers->metadata);
  }
  watch_->metadata_version = headers->metadata_version;
  // Headers have the time of the first frame: players take a step from 0 for a gap.
  for (const auto& config : headers->configs) {
    if (wants(config.track)) append(kTagType[config.track], time, config.payload);
  }
}

int64_t HttpViewer::EndsAt(const Entry&) { return INT64_MAX; }

void HttpViewer::ReadFromViewer(ByteView bytes) {
  // A viewer over plain HTTP has nothing more to say: what comes is read, so that its end is seen, and dropped.
  if (watch_->socket) ReadFrames(bytes);
}

void HttpViewer::ReadFrames(ByteView bytes) {
  ws::FrameReader& frames = watch_->socket->frames;
  while (!closed() && !draining()) {
    switch (frames.Next(bytes)) {
      case ws::FrameReader::Step::kMore:
        return frames.ReleaseBuffers();
      case ws::FrameReader::Step::kBroken:
        Speak([&](Buffer& out) { ws::AppendClose(out, ws::CloseCodeOf(frames.reason()), ""); });
        return EndStream(frames.reason());
      case ws::FrameReader::Step::kMessage:
        break;
    }
    if (watch_->socket->IsTooBusy(shard().now_ms())) {
      Speak([&](Buffer& out) { ws::AppendClose(out, ws::kClosePolicy, ReasonName(Reason::kWsPingFlood)); });
      return EndStream(Reason::kWsPingFlood);
    }
    const ws::Message& message = frames.message();
    if (message.opcode == ws::Opcode::kPing) {
      Speak([&](Buffer& out) { ws::AppendFrame(out, ws::Opcode::kPong, message.payload); });
    } else if (message.opcode == ws::Opcode::kClose) {
      Speak([&](Buffer& out) { ws::AppendClose(out, ws::kCloseNormal, ""); });
      return EndStream(Reason::kPeerClosed);
    }
  }
}

// Ends a viewer with what was said to it behind the entry in flight.
void HttpViewer::EndStream(Reason reason) {
  if (closed() || draining()) return;
  if (!FinishEntryPrivately()) return Close(reason);
  CloseAfterOutput(reason);
}

void HttpViewer::SayGoodbye(Reason reason) {
  if (closed() || draining()) return;
  if (watch_ && watch_->socket) {
    Speak([&](Buffer& out) { ws::AppendClose(out, ws::kCloseGoingAway, ReasonName(reason)); });
  }
  EndStream(reason);
}

http::ResponseHead HttpViewer::Head(int status) {
  shard().http.Count(status);
  http::ResponseHead head;
  head.status = status;
  head.cors = shard().engine().tunables().cross_domain();
  return head;
}

void HttpViewer::OnClosing(Reason reason) { LeaveStream(reason); }

const StreamKey* HttpViewer::key() const {
  return watch_ && watch_->stream != nullptr ? &watch_->stream->key() : nullptr;
}

void HttpViewer::LeaveStream(Reason reason) {
  if (!watch_ || watch_->stream == nullptr) return;
  if (audience() != nullptr) Tell(Event::Type::kStopped, reason);
  Unsubscribe();
  shard().engine().registry().Release(std::exchange(watch_->stream, nullptr));
}

void HttpViewer::Tell(Event::Type type, Reason reason) {
  Event event(type, id());
  event.reason = reason;
  event.key = watch_->stream->key();
  event.protocol = ProtocolName(watch_->format);
  shard().engine().events().Push(std::move(event));
}

}  // namespace weir
