#include "proto/rtmp/aggregate.h"

#include "media/flv_tag.h"

namespace weir::rtmp {

bool AggregateReader::Next(Message& message) {
  if (rest_.size() < flv::kTagHeaderSize) {
    is_broken_ = is_broken_ || !rest_.empty();
    return false;
  }
  const flv::TagHeader tag = flv::ReadTagHeader(rest_.data());
  const ByteView body = rest_.subspan(flv::kTagHeaderSize);
  if (tag.size > body.size()) {
    is_broken_ = true;
    return false;
  }
  if (is_first_) offset_ = aggregate_.timestamp - tag.timestamp;
  is_first_ = false;
  message = {.type = tag.type,
             .csid = aggregate_.csid,
             .stream_id = aggregate_.stream_id,
             .timestamp = tag.timestamp + offset_,
             .payload = body.first(tag.size)};
  // The last back pointer may be missing.
  rest_ = body.subspan(tag.size);
  rest_ = rest_.size() < flv::kBackPointerSize ? ByteView() : rest_.subspan(flv::kBackPointerSize);
  return true;
}

}  // namespace weir::rtmp
