#include "live/http_connection.h"

#include <utility>

#include "live/engine.h"
#include "live/shard.h"
#include "proto/http/date.h"
#include "proto/http/error_body.h"
#include "proto/ws/handshake.h"
#include "sys/monotonic.h"

namespace weir {

HttpConnection::HttpConnection(Shard& shard, UniqueFd fd, uint64_t id) : HttpViewer(shard, std::move(fd), id) {
  SetDeadline(shard.now_ms() + shard.engine().options().handshake_timeout, Reason::kHandshakeTimeout);
  shard.PutSweeping(*this);
}

void HttpConnection::OnBytes(ByteView bytes) {
  if (watches()) {
    ReadFromViewer(bytes);
  } else {
    ReadRequests(bytes);
  }
  if (!closed() && !draining() && !outbox_empty()) WriteOutput();
}

void HttpConnection::ReadRequests(ByteView bytes) {
  http::Request request;
  while (!bytes.empty() && !closed() && !draining() && !watches()) {
    switch (reader_.Next(bytes, request)) {
      case http::RequestReader::Step::kMore:
        return;
      case http::RequestReader::Step::kBroken:
        return Fail(http::StatusOf(reader_.reason()), reader_.reason(), ReasonName(reader_.reason()), false);
      case http::RequestReader::Step::kRequest:
        Answer(request);
    }
  }
}

void HttpConnection::Answer(const http::Request& request) {
  http::DateText date = http::HttpDate(UnixSeconds());
  std::string_view now(date.data(), date.size());
  bool head_only = request.method == http::Method::kHead;
  if (request.method == http::Method::kOther) {
    return Fail(405, Reason::kHttpMalformed, "GET, HEAD and OPTIONS only", head_only);
  }
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
  if (!is_ts && !request.path.ends_with(".flv")) {
    return Fail(404, Reason::kStreamNotFound, "There is nothing here.", head_only);
  }
  Buffer accept;
  if (upgrade == ws::Upgrade::kAccept) ws::AppendAccept(accept, request, now);
  Ask(request,
      is_ts                             ? Format::kTs
      : upgrade == ws::Upgrade::kAccept ? Format::kWsFlv
                                        : Format::kFlv,
      std::move(accept));
}

void HttpConnection::Fail(int status, Reason reason, std::string_view detail, bool head_only) {
  http::DateText date = http::HttpDate(UnixSeconds());
  http::ResponseHead head = Head(status);
  head.date = {date.data(), date.size()};
  if (status == 405) head.allow = "GET, HEAD, OPTIONS";
  Speak([&](Buffer& out) { http::AppendError(out, head, {.detail = detail, .head_only = head_only}); });
  CloseAfterOutput(reason);
}

}  // namespace weir
