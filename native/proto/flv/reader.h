// Reads an FLV byte stream tag by tag, resumable at any byte. Sans-IO.
// Lifetime: the tag's body is valid until the next call of Next, or until the memory of `in` goes. Thread rule: one
// thread at a time.
#ifndef WEIR_PROTO_FLV_READER_H_
#define WEIR_PROTO_FLV_READER_H_

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/reason.h"
#include "media/flv_tag.h"

namespace weir::flv {

struct Tag {
  uint8_t type = 0;
  uint32_t timestamp = 0;
  ByteView body;
};

class Reader {
 public:
  enum class Step { kTag, kMore, kBroken };

  explicit Reader(uint32_t max_body = kMaxBody) : max_body_(max_body) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Consumes from the front of `in`. kTag: tag() is ready, call again for the next. kMore: all of `in` is consumed.
  // kBroken: for good. Back pointers are skipped unread (many writers leave them 0); encrypted tags are skipped whole.
  [[nodiscard]] Step Next(ByteView& in);

  const Tag& tag() const { return tag_; }
  const FileHeader& file_header() const { return file_header_; }
  Reason reason() const { return reason_; }
  // Memory that holds a tag which is not complete yet, or the last one.
  size_t buffered() const { return body_.size(); }

 private:
  enum class State : uint8_t { kFileHeader, kSkip, kTagHeader, kBody, kBroken };

  bool TakeHeader(ByteView& in, size_t size);
  bool OpenTag();
  bool TakeBody(ByteView& in);
  Step Break(Reason reason);

  uint32_t max_body_;
  State state_ = State::kFileHeader;
  Reason reason_ = Reason::kNone;
  uint8_t head_size_ = 0;
  uint8_t head_[kTagHeaderSize];
  size_t skip_ = 0;  // bytes to pass over before the next tag header
  FileHeader file_header_;
  TagHeader tag_header_;
  Buffer body_;  // grows as bytes arrive, never by what a header announces
  Tag tag_;
};

}  // namespace weir::flv

#endif  // WEIR_PROTO_FLV_READER_H_
