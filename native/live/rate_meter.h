// RateMeter: bits per second over the last 3 and 30 seconds of a counter that is sampled every 3 seconds.
// Lifetime: part of what it measures. Thread rule: one thread samples, any thread reads.
#ifndef WEIR_LIVE_RATE_METER_H_
#define WEIR_LIVE_RATE_METER_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "live/stats.h"

namespace weir {

class RateMeter {
 public:
  static constexpr Millis kInterval = 3000;

  void Sample(uint64_t bytes, Millis now) {
    size_t at = samples_ % kKept;
    size_t oldest = samples_ < kKept ? 0 : at;
    size_t newest = (samples_ + kKept - 1) % kKept;
    if (samples_ > 0) {
      over3_.store(BitRate(bytes, now, newest), std::memory_order_relaxed);
      over30_.store(BitRate(bytes, now, oldest), std::memory_order_relaxed);
    }
    bytes_[at] = bytes;
    times_[at] = now;
    ++samples_;
  }
  Rates rates() const { return {over3_.load(std::memory_order_relaxed), over30_.load(std::memory_order_relaxed)}; }

 private:
  static constexpr size_t kKept = 10;

  double BitRate(uint64_t bytes, Millis now, size_t since) const {
    Millis span = now - times_[since];
    return span <= 0 ? 0 : static_cast<double>(bytes - bytes_[since]) * 8000.0 / static_cast<double>(span);
  }

  std::array<uint64_t, kKept> bytes_{};
  std::array<Millis, kKept> times_{};
  size_t samples_ = 0;
  std::atomic<double> over3_{0};
  std::atomic<double> over30_{0};
};

}  // namespace weir

#endif  // WEIR_LIVE_RATE_METER_H_
