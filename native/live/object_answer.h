// What a request gets of an object: status, head and which bytes (RFC 9110: HEAD, conditional requests, ranges).
// Lifetime: values. Thread rule: pure functions.
#ifndef WEIR_LIVE_OBJECT_ANSWER_H_
#define WEIR_LIVE_OBJECT_ANSWER_H_

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "live/stored_object.h"
#include "proto/http/request.h"
#include "proto/http/response.h"

namespace weir {

struct ObjectAnswer {
  int status = 200;  // 206, 301, 304, 416
  // The body; HEAD tells its size and sends none.
  uint64_t from = 0;
  uint64_t size = 0;
  std::string content_range = {};
};

// `delta`: the object's delta is meant, which has neither tag nor ranges.
ObjectAnswer AnswerFor(const StoredObject& object, bool delta, const http::RequestFields& request);

// `head`: status, persistence, CORS and date are the caller's.
void AppendObjectHead(Buffer& out, http::ResponseHead head, const StoredObject& object, const ObjectAnswer& answer);

}  // namespace weir

#endif  // WEIR_LIVE_OBJECT_ANSWER_H_
