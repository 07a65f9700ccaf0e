#include "live/object_answer.h"

#include "proto/http/range.h"

namespace weir {

ObjectAnswer AnswerFor(const StoredObject& object, bool delta, const http::RequestFields& request) {
  if (delta) return {.size = object.live->delta->size()};
  if (!object.location.empty()) return {.status = 301};
  uint64_t size = object.size();
  if (!request.if_none_match.empty() && http::MatchesETag(request.if_none_match, object.etag)) return {.status = 304};
  // A range is for GET alone (RFC 9110, 14.2).
  if (request.method != http::Method::kGet || request.range.empty()) return {.size = size};
  if (!http::MatchesIfRange(request.if_range, object.etag)) return {.size = size};
  http::Range range = http::ParseRange(request.range, size);
  if (range.kind == http::Range::Kind::kWhole) return {.size = size};
  if (range.kind == http::Range::Kind::kUnsatisfiable) {
    return {.status = 416, .content_range = http::ContentRange(range, size)};
  }
  return {.status = 206, .from = range.first, .size = range.size, .content_range = http::ContentRange(range, size)};
}

void AppendObjectHead(Buffer& out, http::ResponseHead head, const StoredObject& object, const ObjectAnswer& answer) {
  head.content_length = answer.size;
  head.content_type = object.content_type;
  head.location = object.location;
  head.cache_control = object.cache_control;
  head.content_range = answer.content_range;
  // A playlist that grows is fetched whole; its delta has another content than the tag is of.
  if (!object.live) {
    head.accept_ranges = answer.status != 304 && answer.status != 301;
    head.etag = object.etag;
  }
  http::AppendHead(out, head);
}

}  // namespace weir
