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

bool IsMedia(uint8_t type) {
  return type == kTypeAudio || type == kTypeVideo || type == kTypeData || type == kTypeDataAmf3;
}

// The format byte 0 says that AMF0 follows (Enhanced RTMP v2, "AMF3 clarification").
Message AsAmf0Data(Message message) {
  if (message.type != kTypeDataAmf3) return message;
  message.type = kTypeData;
  if (!message.payload.empty() && message.payload[0] == 0) message.payload = message.payload.subspan(1);
  return message;
}

}  // namespace weir::rtmp
