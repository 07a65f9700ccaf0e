#include "live/http_connection.h"

#include <string>
#include <utility>

#include "live/engine.h"
#include "live/object_answer.h"
#include "live/shard.h"
#include "proto/http/date.h"
#include "proto/http/error_body.h"
#include "proto/ws/handshake.h"
#include "sys/monotonic.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// Requests that came ahead of their answers; more end the connection.
constexpr size_t kMaxAhead = 16 << 10;
// What one connection sends before others have their turn.
constexpr size_t kTurnQuota = 512 << 10;
// A peer must take so much within the time limit, or all that is left: one that takes a byte now and then holds a
// fragment for ever.
constexpr uint32_t kLeastProgress = 16 << 10;
constexpr Millis kFarewellTime = 1000;

const char* DetailOf(Reason reason) {
  switch (reason) {
    case Reason::kObjectNotFound:
      return "There is nothing here.";
    case Reason::kRangeInvalid:
      return "The range lies beyond the end.";
    case Reason::kHlsReloadInvalid:
      return "_HLS_msn or _HLS_part is malformed or too far ahead.";
    case Reason::kObjectOverdue:
      return "What was asked for did not come in time.";
    case Reason::kNotAViewer:
      return "Ask for the playlist first.";
    default:
      return ReasonName(reason);
  }
}

int StatusOfRefusal(Reason reason) {
  switch (reason) {
    case Reason::kHlsReloadInvalid:
      return 400;
    case Reason::kObjectOverdue:
    case Reason::kDecisionTimeout:
    case Reason::kTooManyViewers:
    case Reason::kShutdown:
    case Reason::kVhostFull:
    case Reason::kStreamFull:
    case Reason::kAddressFull:
    case Reason::kOutputLimit:
    case Reason::kHookFailed:
      return 503;
    case Reason::kObjectNotFound:
    case Reason::kVhostNotFound:
    case Reason::kStreamNotFound:
      return 404;
    default:
      return 403;
  }
}

}  // namespace

HttpConnection::HttpConnection(Shard& shard, UniqueFd fd, uint64_t id) : HttpViewer(shard, std::move(fd), id) {
  SetNoDelay(this->fd(), true);  // an answer ends in a short packet
  SetDeadline(shard.now_ms() + shard.engine().options().handshake_timeout, Reason::kHttpIdle);
  shard.PutSweeping(*this);
}

void HttpConnection::OnBytes(ByteView bytes) {
  if (!watches()) return ReadRequests(bytes);
  ReadFromViewer(bytes);
  if (!closed() && !draining() && !outbox_empty()) WriteOutput();
}

void HttpConnection::ReadRequests(ByteView bytes) {
  http::Request request;
  while (!bytes.empty() && IsFree()) {
    http::RequestReader::Step step = reader_.Next(bytes, request);
    if (step == http::RequestReader::Step::kBroken) {
      return Fail(http::StatusOf(reader_.reason()), reader_.reason(), ReasonName(reader_.reason()), false);
    }
    if (step == http::RequestReader::Step::kRequest) Answer(request);
  }
  if (closed() || draining() || watches()) return;
  if (!IsFree()) {
    HoldInput(true);
    KeepAhead(bytes);
  } else if (reader_.buffered() > 0 && !in_head_) {
    // From its first byte on: one more byte now and then gains no time.
    in_head_ = true;
    SetDeadline(shard().now_ms() + shard().engine().options().handshake_timeout, Reason::kHttpHeadTimeout);
  }
}

void HttpConnection::KeepAhead(ByteView bytes) {
  if (bytes.empty() || closing_ != Reason::kNone) return;
  if (bytes.size() > kMaxAhead) {
    closing_ = Reason::kHttpPipelineFull;
  } else {
    ahead_ = std::make_unique<Buffer>(bytes.begin(), bytes.end());
  }
}

void HttpConnection::Answer(const http::Request& request) {
  in_head_ = false;
  bool keep_alive = request.keep_alive && !shard().engine().tunables().is_draining();
  closing_ = keep_alive ? Reason::kNone : Reason::kFinished;
  http::DateText date = http::HttpDate(UnixSeconds());
  std::string_view now(date.data(), date.size());
  if (request.method == http::Method::kOther) {
    return Fail(405, Reason::kHttpMethod, "GET, HEAD and OPTIONS only", false);
  }
  if (request.method == http::Method::kOptions) {
    Buffer& out = shard().replies();
    out.clear();
    http::AppendPreflight(out, now, keep_alive);
    shard().http.Count(204);
    return Send(out);
  }
  ws::Upgrade upgrade = ws::CheckUpgrade(request);
  if (upgrade == ws::Upgrade::kVersion || upgrade == ws::Upgrade::kBroken) {
    shard().http.Count(upgrade == ws::Upgrade::kVersion ? 426 : 400);
    shard().engine().CountRefusal(Reason::kWsUpgradeInvalid);
    ws::AppendRefusal(outbox(), upgrade, now);
    return CloseAfterOutput(Reason::kWsUpgradeInvalid);
  }
  if (upgrade == ws::Upgrade::kNone && AnswerWithObject(request)) return;
  bool is_ts = request.path.ends_with(".ts") && upgrade == ws::Upgrade::kNone;
  if (!is_ts && !request.path.ends_with(".flv")) return Refuse(request, 404, Reason::kObjectNotFound);
  Buffer accept;
  if (upgrade == ws::Upgrade::kAccept) ws::AppendAccept(accept, request, now);
  Ask(request,
      is_ts                             ? Format::kTs
      : upgrade == ws::Upgrade::kAccept ? Format::kWsFlv
                                        : Format::kFlv,
      std::move(accept));
}

bool HttpConnection::AnswerWithObject(const http::RequestFields& request) {
  ObjectStore::Found found = Find(request, nullptr);
  if (found.kind == ObjectStore::Found::Kind::kNothing) return false;
  if (found.kind == ObjectStore::Found::Kind::kWait) {
    pending_ = std::make_unique<PendingRequest>(request, shard().engine().store(), shard(), id());
    Look();
  } else {
    AnswerWith(request, found);
  }
  return true;
}

void HttpConnection::Look() {
  ObjectStore::Found found = Find(pending_->fields(), &pending_->waiter());
  if (found.kind == ObjectStore::Found::Kind::kAsk) AskForViewer(pending_->fields(), found);
  if (found.kind == ObjectStore::Found::Kind::kAsk || found.kind == ObjectStore::Found::Kind::kWait) {
    return SetDeadline(shard().now_ms() + found.hold, found.reason);
  }
  std::unique_ptr<PendingRequest> answered = std::move(pending_);
  AnswerWith(answered->fields(), found);
}

ObjectStore::Found HttpConnection::Find(const http::RequestFields& request, Waiter* waiter) {
  ObjectStore::Wanted wanted{.host = http::HostName(request.host),
                             .path = request.path,
                             .query = request.query,
                             .address = peer(),
                             .now = shard().now_ms()};
  return shard().engine().store().Find(wanted, waiter);
}

void HttpConnection::AskForViewer(const http::RequestFields& request, const ObjectStore::Found& found) {
  Event event = QuestionOf(request, "hls");
  event.query = found.query;
  event.key = found.key;
  event.view = found.view;
  event.again = found.again;
  if (PushQuestion(std::move(event))) return;
  shard().engine().store().Decide(id(), Reason::kDecisionTimeout, shard().now_ms());
}

void HttpConnection::AnswerWith(const http::RequestFields& request, const ObjectStore::Found& found) {
  if (found.kind == ObjectStore::Found::Kind::kRefused) {
    return Refuse(request, StatusOfRefusal(found.reason), found.reason);
  }
  if (!found.object) return Refuse(request, 404, Reason::kObjectNotFound);
  ObjectAnswer answer = AnswerFor(*found.object, found.delta, request);
  if (answer.status == 416) return Refuse(request, 416, Reason::kRangeInvalid, answer.content_range);
  Buffer& out = shard().replies();
  out.clear();
  http::DateText date = http::HttpDate(UnixSeconds());
  http::ResponseHead head = Head(answer.status);
  head.date = {date.data(), date.size()};
  head.keep_alive = closing_ == Reason::kNone;
  AppendObjectHead(out, head, *found.object, answer);
  if (request.method == http::Method::kGet) transfer_.Begin(found.object, found.delta, answer.from, answer.size);
  Send(out);
}

void HttpConnection::Refuse(const http::RequestFields& request, int status, Reason reason,
                            std::string_view content_range) {
  shard().engine().CountRefusal(reason);
  Buffer& out = shard().replies();
  out.clear();
  http::DateText date = http::HttpDate(UnixSeconds());
  http::ResponseHead head = Head(status);
  head.date = {date.data(), date.size()};
  head.keep_alive = closing_ == Reason::kNone;
  head.content_range = content_range;
  http::AppendError(out, head,
                    {.form = http::ErrorFormFor(request.accept),
                     .detail = DetailOf(reason),
                     .head_only = request.method == http::Method::kHead});
  Send(out);
}

void HttpConnection::Fail(int status, Reason reason, std::string_view detail, bool head_only) {
  shard().engine().CountRefusal(reason);
  http::DateText date = http::HttpDate(UnixSeconds());
  http::ResponseHead head = Head(status);
  head.date = {date.data(), date.size()};
  if (status == 405) head.allow = "GET, HEAD, OPTIONS";
  Speak([&](Buffer& out) { http::AppendError(out, head, {.detail = detail, .head_only = head_only}); });
  CloseAfterOutput(reason);
}

// The head and what follows it in memory go with one call.
void HttpConnection::Send(ByteView head) {
  SetDeadline(shard().now_ms() + shard().engine().options().object_timeout, Reason::kSendTimeout);
  progress_ = 0;
  ByteView body = transfer_.InMemory(shard());
  IoResult result = SendBoth(fd(), head, body, transfer_.left() > body.size());
  if (result.kind != IoResult::Kind::kBlocked && !Moved(result)) return;
  size_t of_head = std::min(result.size, head.size());
  if (of_head < head.size()) Append(outbox(), head.subspan(of_head));
  if (result.size > of_head) transfer_.Advance(result.size - of_head);
  if (result.kind != IoResult::Kind::kBlocked && SendOn()) FinishAnswer();
}

// True when the answer is out.
bool HttpConnection::SendOn() {
  if (!outbox_empty() && SendOutbox(transfer_.active()) != Sent::kAll) return false;
  for (size_t quota = kTurnQuota; transfer_.active();) {
    if (quota == 0) {
      shard().WriteLater(*this);
      return false;
    }
    IoResult result = transfer_.SendSome(fd(), shard(), quota);
    if (result.kind == IoResult::Kind::kBlocked || !Moved(result)) return false;
    quota -= std::min(quota, result.size);
  }
  return true;
}

// False: the connection is closed.
bool HttpConnection::Moved(const IoResult& result) {
  if (result.kind != IoResult::Kind::kMoved) {
    Close(result.kind == IoResult::Kind::kFailed ? Reason::kIoError : Reason::kPeerReset);
    return false;
  }
  CountSent(result.size);
  shard().bytes_out.Add(result.size);
  progress_ += static_cast<uint32_t>(result.size);
  if (progress_ < kLeastProgress) return true;
  progress_ = 0;
  SetDeadline(shard().now_ms() + shard().engine().options().object_timeout, Reason::kSendTimeout);
  return true;
}

void HttpConnection::FinishAnswer() {
  if (closing_ != Reason::kNone) return CloseAfterOutput(closing_);
  SetDeadline(shard().now_ms() + shard().engine().options().keep_alive_timeout, Reason::kHttpIdle);
}

void HttpConnection::WriteOutput() {
  if (watches()) return Flush();
  if (pending_ || IsFree() || !SendOn()) return;
  FinishAnswer();
  Resume();
}

// After an answer that took its time: with the next request.
void HttpConnection::Resume() {
  if (!IsFree()) return;
  HoldInput(false);
  if (std::unique_ptr<Buffer> ahead = std::move(ahead_)) ReadRequests(*ahead);
  if (IsFree()) ReadSome();
}

void HttpConnection::Wake() {
  if (!pending_) return HttpViewer::Wake();
  Look();
  Resume();
}

void HttpConnection::OnDeadline(Reason reason) {
  if (reason == Reason::kHttpHeadTimeout) return Fail(408, reason, "The request did not arrive in time.", false);
  if (std::unique_ptr<PendingRequest> late = std::move(pending_)) {
    Refuse(late->fields(), StatusOfRefusal(reason), reason);
    return Resume();
  }
  if (reason == Reason::kDecisionTimeout) return Fail(503, reason, ReasonName(reason), false);
  Close(reason);
}

void HttpConnection::SayGoodbye(Reason reason) {
  if (closed() || draining()) return;
  if (watches()) return HttpViewer::SayGoodbye(reason);
  if (IsFree()) return CloseAfterOutput(reason);
  closing_ = reason;
  if (std::unique_ptr<PendingRequest> late = std::move(pending_)) return Refuse(late->fields(), 503, reason);
  // What is on its way may still arrive.
  SetDeadline(shard().now_ms() + kFarewellTime, reason);
}

void HttpConnection::OnClosing(Reason reason) {
  pending_.reset();
  ahead_.reset();
  transfer_ = {};
  HttpViewer::OnClosing(reason);
}

}  // namespace weir
