// Any bytes as HTTP requests: they must not depend on how the bytes are cut, no path leads out, and memory holds only
// what arrived. What is understood of them goes through everything that reads header values.
#include <cstdlib>

#include "base/utf8.h"
#include "proto/http/error_body.h"
#include "proto/http/query.h"
#include "proto/http/range.h"
#include "proto/http/request_reader.h"
#include "proto/ws/handshake.h"
#include "test/fuzz/pieces.h"

namespace {

using weir::http::Request;
using weir::http::RequestReader;

void Check(bool holds) {
  if (!holds) std::abort();
}

struct Requests {
  uint64_t hash = 0xcbf29ce484222325;
  weir::Reason reason = weir::Reason::kNone;

  void Add(std::string_view text) {
    Mix(text.size());
    for (const char c : text) Mix(static_cast<uint8_t>(c));
  }
  void Mix(uint64_t value) { hash = (hash ^ value) * 0x100000001b3; }
  bool operator==(const Requests&) const = default;
};

void CheckPath(const Request& request) {
  const std::string_view path = request.path;
  if (request.method == weir::http::Method::kOther) return Check(path.empty() && !request.keep_alive);
  Check(path == "*" || path[0] == '/');
  Check(weir::IsUtf8(weir::AsBytes(path)));
  Check((std::string(path) + "/").find("/../") == std::string::npos);
  for (const char c : path) Check(static_cast<uint8_t>(c) >= 0x20 && c != 0x7F && c != '\\');
}

// Each line of a response that we wrote must be one of ours.
void CheckResponses(const Request& request) {
  const weir::http::Range range = weir::http::ParseRange(request.range, 1000);
  if (range.kind == weir::http::Range::Kind::kPart) Check(range.size > 0 && range.first + range.size <= 1000);
  (void)weir::http::MatchesETag(request.if_none_match, "\"tag\"");
  (void)weir::http::MatchesIfRange(request.if_range, "\"tag\"");
  weir::Buffer out;
  const auto form = weir::http::ErrorFormFor(request.accept);
  weir::http::AppendError(out, {.status = 404, .location = request.path}, {.form = form, .detail = request.path});
  const weir::ws::Upgrade verdict = weir::ws::CheckUpgrade(request);
  out.clear();
  if (verdict == weir::ws::Upgrade::kAccept) weir::ws::AppendAccept(out, request, "today");
  if (verdict == weir::ws::Upgrade::kAccept) Check(weir::AsText(out).find("\r\n\r\n") == out.size() - 4);
}

void AddAll(const Request& request, Requests& requests) {
  for (const std::string_view text :
       {request.path, request.query, request.host, request.accept, request.user_agent, request.referer,
        request.forwarded_for, request.origin, request.request_method, request.request_headers, request.range,
        request.if_range, request.if_none_match, request.upgrade, request.websocket_key, request.websocket_version,
        request.websocket_protocol}) {
    requests.Add(text);
  }
  requests.Mix(static_cast<uint64_t>(request.method) * 8 + request.keep_alive * 4 + request.connection_upgrade * 2 +
               request.is_http_1_0);
  requests.Add(weir::http::FindParam(request.query, "vhost").value_or(""));
}

Requests ReadInPieces(weir::ByteView input) {
  using Step = RequestReader::Step;
  RequestReader reader;
  Requests requests;
  weir::fuzz::ForEachPiece(input, [&](weir::ByteView in) {
    Step step = Step::kRequest;
    while (step == Step::kRequest) {
      Request request;
      step = reader.Next(in, request);
      if (step == Step::kRequest) {
        CheckPath(request);
        CheckResponses(request);
        AddAll(request, requests);
      }
    }
    Check(step == Step::kBroken || in.empty());
    Check(reader.buffered() <= input.size());
    return step == Step::kMore;
  });
  requests.reason = reader.reason();
  return requests;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  weir::Buffer input(data, data + size);
  input[0] = 0;
  const Requests whole = ReadInPieces(input);
  input[0] = 255;
  Check(ReadInPieces(input) == whole);
  return 0;
}
