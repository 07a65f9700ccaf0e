// MediaSource: an endless stream of messages for one publisher, from time 0 on.
// Lifetime: what a source shares (a clip) outlives it. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_MEDIA_SOURCE_H_
#define WEIR_BENCH_LOAD_MEDIA_SOURCE_H_

#include <cstdint>

#include "base/bytes.h"
#include "base/clock.h"

namespace weir::load {

struct MediaMessage {
  uint8_t type = 0;       // RTMP message type
  Millis time = 0;        // when it is to be sent; its wire timestamp is the lower 32 bits
  ByteView payload;       // valid until the next call
  bool is_frame = false;  // audio or video, and no header
  bool is_stamped = false;
};

class MediaSource {
 public:
  virtual ~MediaSource() = default;
  // When the next message is due.
  virtual Millis next_time() const = 0;
  // `now` goes into the stamp.
  virtual MediaMessage Next(Micros now) = 0;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_MEDIA_SOURCE_H_
