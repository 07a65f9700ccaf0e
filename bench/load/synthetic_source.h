// SyntheticSource: H.264 and AAC as a server sees them, at a chosen bitrate: valid headers, real frame sizes and times,
// filler inside; 25 pictures and some 43 audio frames a second, a key frame every two seconds. Every frame is stamped.
// Lifetime, thread rule: as MediaSource.
#ifndef WEIR_BENCH_LOAD_SYNTHETIC_SOURCE_H_
#define WEIR_BENCH_LOAD_SYNTHETIC_SOURCE_H_

#include "bench/load/media_source.h"

namespace weir::load {

class SyntheticSource : public MediaSource {
 public:
  static constexpr double kMinBitrate = 100'000;

  // Payload bits per second, at least kMinBitrate.
  explicit SyntheticSource(double bits_per_second);

  Millis next_time() const override;
  MediaMessage Next(Micros now) override;

 private:
  MediaMessage NextHeader();
  MediaMessage NextVideo(Micros now);
  MediaMessage NextAudio(Micros now);

  double bits_per_second_;
  size_t key_size_;
  size_t inter_size_;
  uint64_t video_frames_ = 0;
  uint64_t audio_frames_ = 0;
  int headers_ = 0;  // sent so far, of three
  Buffer key_frame_;
  Buffer inter_frame_;
  Buffer audio_frame_;
  Buffer message_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_SYNTHETIC_SOURCE_H_
