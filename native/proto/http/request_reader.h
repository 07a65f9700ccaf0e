// Reads HTTP/1.0 and 1.1 requests that have no body. Sans-IO and resumable at any byte; a pull parser. What follows a
// request stays in `in`: pipelined requests, or the frames after a WebSocket upgrade.
// Lifetime: of a connection; it holds memory only while a head is incomplete. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_HTTP_REQUEST_READER_H_
#define WEIR_PROTO_HTTP_REQUEST_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/reason.h"
#include "proto/http/request.h"

namespace weir::http {

class RequestReader {
 public:
  enum class Step { kRequest, kMore, kBroken };

  RequestReader() = default;
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Consumes from the front of `in`. kRequest: `request` is filled, call again for the next one. kMore: all of `in` is
  // consumed. kBroken: for good; answer with StatusOf(reason()) and close.
  [[nodiscard]] Step Next(ByteView& in, Request& request);

  Reason reason() const { return reason_; }
  // Bytes of a head that is not complete yet. A connection that stays between 1 and the bounds is to be timed out.
  size_t buffered() const { return partial_ == nullptr ? 0 : partial_->size(); }

 private:
  enum class Scan : uint8_t { kMore, kDone, kBroken };

  Scan ScanHead(ByteView bytes, size_t& used);
  bool CheckBounds();
  Step Break(Reason reason);

  std::unique_ptr<Buffer> partial_;  // only while a head is incomplete
  uint32_t line_size_ = 0;           // of the current line so far, its end included
  uint32_t fields_size_ = 0;         // of the complete header lines
  uint8_t lines_ = 0;                // complete ones
  bool line_begins_with_cr_ = false;
  bool passed_blank_ = false;  // an empty line in front of the request line
  Reason reason_ = Reason::kNone;
};

static_assert(sizeof(RequestReader) <= 24, "every viewer has one");

// The status that a broken request is refused with: 400, 414, 431 or 505.
int StatusOf(Reason reason);

}  // namespace weir::http

#endif  // WEIR_PROTO_HTTP_REQUEST_READER_H_
