#include "proto/http/request_reader.h"

#include <utility>

#include "proto/http/request_head.h"
#include "proto/http/tokens.h"

namespace weir::http {
namespace {

constexpr size_t kLineEnd = 2;  // CR LF

}  // namespace

RequestReader::Step RequestReader::Next(ByteView& in, Request& request) {
  if (reason_ != Reason::kNone) return Step::kBroken;
  static_cast<RequestFields&>(request) = {};

  size_t used = 0;
  const Scan scan = ScanHead(in, used);
  if (scan == Scan::kBroken) return Step::kBroken;
  ByteView head = in.first(used);
  in = in.subspan(used);
  if (scan == Scan::kMore) {
    if (head.empty()) return Step::kMore;
    if (partial_ == nullptr) partial_ = std::make_unique<Buffer>();
    Append(*partial_, head);
    return Step::kMore;
  }
  if (partial_ != nullptr) {
    Append(*partial_, head);
    request.joined_ = std::move(*partial_);
    partial_.reset();
    head = request.joined_;
  }
  const Reason reason = ParseHead(head, request.decoded_, request);
  return reason == Reason::kNone ? Step::kRequest : Break(reason);
}

// Looks for the empty line that ends a head, no further than the bounds allow; `used` are the bytes up to its end.
RequestReader::Scan RequestReader::ScanHead(ByteView bytes, size_t& used) {
  while (used < bytes.size()) {
    const uint8_t* begin = bytes.data() + used;
    const size_t left = bytes.size() - used;
    if (line_size_ == 0) line_begins_with_cr_ = *begin == '\r';
    if (line_size_ == 0 && lines_ == 0 && *begin != '\r' && *begin != '\n' && !IsTokenChar(static_cast<char>(*begin))) {
      // TLS, RTMP and other strangers are told by their first byte.
      Break(Reason::kHttpMalformed);
      return Scan::kBroken;
    }
    const void* found = std::memchr(begin, '\n', left);
    const size_t n = found == nullptr ? left : static_cast<const uint8_t*>(found) - begin + size_t{1};
    used += n;
    line_size_ += static_cast<uint32_t>(n);
    if (!CheckBounds()) return Scan::kBroken;
    if (found == nullptr) return Scan::kMore;

    const bool is_blank = line_size_ == 1 || (line_size_ == kLineEnd && line_begins_with_cr_);
    if (is_blank && lines_ > 0) {
      line_size_ = fields_size_ = lines_ = 0;
      passed_blank_ = false;
      return Scan::kDone;
    }
    if (is_blank && std::exchange(passed_blank_, true)) {
      Break(Reason::kHttpMalformed);
      return Scan::kBroken;
    }
    if (lines_ > 0) fields_size_ += line_size_;
    if (!is_blank) ++lines_;
    line_size_ = 0;
  }
  return Scan::kMore;
}

bool RequestReader::CheckBounds() {
  if (lines_ == 0) {
    if (line_size_ <= kMaxRequestLine + kLineEnd) return true;
    Break(Reason::kHttpLineTooLong);
    return false;
  }
  // The request line is one of the lines.
  if (fields_size_ + line_size_ <= kMaxFields + kLineEnd && lines_ <= kMaxFieldCount + 1) return true;
  Break(Reason::kHttpHeadTooLarge);
  return false;
}

RequestReader::Step RequestReader::Break(Reason reason) {
  reason_ = reason;
  partial_.reset();
  return Step::kBroken;
}

int StatusOf(Reason reason) {
  switch (reason) {
    case Reason::kHttpLineTooLong:
      return 414;
    case Reason::kHttpHeadTooLarge:
      return 431;
    case Reason::kHttpVersion:
      return 505;
    default:
      return 400;
  }
}

}  // namespace weir::http
