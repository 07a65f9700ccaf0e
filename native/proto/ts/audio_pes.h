// AudioPes: collects audio frames into one PES of at most 100 ms, and gives them times counted in samples: RTMP's whole
// milliseconds make iPhones click (srs-behaviour 7.8).
// Lifetime: its muxer's. Thread rule: one thread at a time. Allocates only until its buffer has grown to a PES.
#ifndef WEIR_PROTO_TS_AUDIO_PES_H_
#define WEIR_PROTO_TS_AUDIO_PES_H_

#include "base/bytes.h"
#include "proto/ts/audio_format.h"
#include "proto/ts/format.h"

namespace weir::ts {

class AudioPes {
 public:
  bool empty() const { return bytes_.empty(); }
  // Of the frames that wait, or that went last.
  AudioKind kind() const { return kind_; }
  ByteView bytes() const { return bytes_; }
  Ticks start() const { return start_; }

  // Whether the frame may join those that wait: no gap, no other format, not too large.
  bool Accepts(const AudioFrame& frame, Ticks time) const;
  // REQUIRES: Accepts(frame, time).
  void Add(const AudioFrame& frame, Ticks time);
  // One more frame of the same length would last too long.
  bool IsFull() const;
  void Clear() { bytes_.clear(); }

 private:
  Ticks Expected() const;
  bool GoesOn(const AudioFrame& frame, Ticks time) const;

  AudioKind kind_;
  uint32_t sample_rate_ = 0;  // 0: no frame yet
  Ticks base_ = 0;            // time of a frame as it came, from which samples are counted
  uint64_t samples_ = 0;      // since then
  // Of the frames that wait.
  Ticks start_ = 0;
  uint64_t waiting_samples_ = 0;
  uint32_t last_samples_ = 0;
  Buffer bytes_;
};

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_AUDIO_PES_H_
