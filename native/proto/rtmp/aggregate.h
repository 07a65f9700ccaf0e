// Media as it comes in messages: aggregates (type 22) are walked sub-message by sub-message (FLV-like tags, each with a
// back pointer), data in AMF3 framing becomes plain data. Lifetime: views the payload of the message it was made of.
// Thread rule: plain value, pure functions.
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

[[nodiscard]] bool IsMedia(uint8_t type);

// A data message of type 15 as type 18, without its format byte; any other message as it is.
[[nodiscard]] Message AsAmf0Data(Message message);

// Calls `deliver` for the message itself, or for every media message in it if it is an aggregate. One in another is
// passed over.
template <class F>
void ForEachMedia(const Message& message, F deliver) {
  if (IsMedia(message.type)) return deliver(AsAmf0Data(message));
  if (message.type != kTypeAggregate) return;
  AggregateReader aggregate(message);
  Message part;
  while (aggregate.Next(part)) {
    if (IsMedia(part.type)) deliver(AsAmf0Data(part));
  }
}

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_AGGREGATE_H_
