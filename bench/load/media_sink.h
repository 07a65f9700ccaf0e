// MediaSink: where what a viewer received goes, frame by frame, whatever it came in.
// Lifetime: its owner's. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_MEDIA_SINK_H_
#define WEIR_BENCH_LOAD_MEDIA_SINK_H_

#include "proto/rtmp/message.h"

namespace weir::load {

class MediaSink {
 public:
  virtual ~MediaSink() = default;
  // An audio, video or data message as FLV and RTMP have it.
  virtual void OnMedia(const rtmp::Message& message) = 0;
  // In a transport stream packets are missing, repeated, or out of order.
  virtual void OnContinuityFault() = 0;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_MEDIA_SINK_H_
