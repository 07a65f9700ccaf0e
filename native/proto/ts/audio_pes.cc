#include "proto/ts/audio_pes.h"

#include <cstdlib>

namespace weir::ts {
namespace {

// What SRS allows between the counted and the sent time before it starts to count anew.
constexpr Ticks kMaxDrift = 100 * kTicksPerMilli;
constexpr uint64_t kMaxMillis = 100;
// 15 packets and a half, as ffmpeg has it.
constexpr size_t kMaxBytes = 2930;

}  // namespace

bool AudioPes::Accepts(const AudioFrame& frame, Ticks time) const {
  if (empty()) return true;
  return GoesOn(frame, time) && bytes_.size() + frame.size() <= kMaxBytes;
}

void AudioPes::Add(const AudioFrame& frame, Ticks time) {
  if (!GoesOn(frame, time)) {
    base_ = time;
    samples_ = 0;
    kind_ = frame.kind;
    sample_rate_ = frame.sample_rate;
  }
  if (empty()) {
    start_ = Expected();
    waiting_samples_ = 0;
  }
  samples_ += frame.samples;
  waiting_samples_ += frame.samples;
  last_samples_ = frame.samples;
  Append(bytes_, ByteView(frame.header, frame.header_size));
  Append(bytes_, frame.data);
}

bool AudioPes::IsFull() const { return (waiting_samples_ + last_samples_) * 1000 > kMaxMillis * sample_rate_; }

Ticks AudioPes::Expected() const {
  return base_ + static_cast<Ticks>(samples_ * static_cast<uint64_t>(kTicksPerSecond) / sample_rate_);
}

bool AudioPes::GoesOn(const AudioFrame& frame, Ticks time) const {
  if (sample_rate_ != frame.sample_rate || !(kind_ == frame.kind)) return false;
  return std::abs(Expected() - time) <= kMaxDrift;
}

}  // namespace weir::ts
