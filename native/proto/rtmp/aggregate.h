// Walks the sub-messages of an aggregate message (type 22): FLV-like tags, each with a back pointer.
// Lifetime: views the payload of the message it was made of. Thread rule: plain value.
#ifndef WEIR_PROTO_RTMP_AGGREGATE_H_
#define WEIR_PROTO_RTMP_AGGREGATE_H_

#include <cstdint>

#include "base/bytes.h"
#include "proto/rtmp/message.h"

namespace weir::rtmp {

class AggregateReader {
 public:
  explicit AggregateReader(const Message& aggregate) : aggregate_(aggregate), rest_(aggregate.payload) {}

  // The next sub-message, or false at the end. The first one gets the aggregate's own timestamp, the others keep their
  // distance to it; the message stream is the aggregate's. A cut-off last tag ends the walk (is_broken).
  [[nodiscard]] bool Next(Message& message);
  bool is_broken() const { return is_broken_; }

 private:
  Message aggregate_;
  ByteView rest_;
  uint32_t offset_ = 0;  // from a tag's time to the message's, modulo 2^32
  bool is_first_ = true;
  bool is_broken_ = false;
};

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_AGGREGATE_H_
