#include "proto/flv/reader.h"

#include <algorithm>

namespace weir::flv {

Reader::Step Reader::Next(ByteView& in) {
  while (state_ != State::kBroken) {
    switch (state_) {
      case State::kFileHeader:
        if (!TakeHeader(in, kFileHeaderSize)) return Step::kMore;
        if (!ReadFileHeader(head_, file_header_)) return Break(Reason::kFlvMalformed);
        skip_ = file_header_.size - kFileHeaderSize + kBackPointerSize;
        state_ = State::kSkip;
        break;
      case State::kSkip: {
        const size_t n = std::min(skip_, in.size());
        in = in.subspan(n);
        skip_ -= n;
        if (skip_ > 0) return Step::kMore;
        state_ = State::kTagHeader;
        break;
      }
      case State::kTagHeader:
        if (!TakeHeader(in, kTagHeaderSize)) return Step::kMore;
        if (!OpenTag()) return Step::kBroken;
        break;
      case State::kBody:
        if (!TakeBody(in)) return Step::kMore;
        skip_ = kBackPointerSize;
        state_ = State::kSkip;
        return Step::kTag;
      case State::kBroken:
        break;
    }
  }
  return Step::kBroken;
}

// Collects `size` bytes in head_.
bool Reader::TakeHeader(ByteView& in, size_t size) {
  const size_t n = std::min(size - head_size_, in.size());
  std::copy_n(in.begin(), n, head_ + head_size_);
  in = in.subspan(n);
  head_size_ = static_cast<uint8_t>(head_size_ + n);
  if (head_size_ < size) return false;
  head_size_ = 0;
  return true;
}

bool Reader::OpenTag() {
  tag_header_ = ReadTagHeader(head_);
  body_.clear();
  if (tag_header_.size > max_body_) {
    Break(Reason::kMessageTooLarge);
    return false;
  }
  if (tag_header_.is_filtered) {
    skip_ = tag_header_.size + kBackPointerSize;
    state_ = State::kSkip;
  } else {
    state_ = State::kBody;
  }
  return true;
}

bool Reader::TakeBody(ByteView& in) {
  const size_t n = std::min<size_t>(tag_header_.size - body_.size(), in.size());
  const bool is_whole_here = body_.empty() && n == tag_header_.size;
  const ByteView bytes = in.first(n);
  in = in.subspan(n);
  if (!is_whole_here) {
    Append(body_, bytes);
    if (body_.size() < tag_header_.size) return false;
  }
  tag_ = {
      .type = tag_header_.type, .timestamp = tag_header_.timestamp, .body = is_whole_here ? bytes : ByteView(body_)};
  return true;
}

Reader::Step Reader::Break(Reason reason) {
  reason_ = reason;
  state_ = State::kBroken;
  return Step::kBroken;
}

}  // namespace weir::flv
