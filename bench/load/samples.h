// Samples: measured durations, kept one by one up to a bound, from which percentiles are read exactly.
// Lifetime: plain value. Thread rule: one writer; merged after its thread has been joined.
#ifndef WEIR_BENCH_LOAD_SAMPLES_H_
#define WEIR_BENCH_LOAD_SAMPLES_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/clock.h"

namespace weir::load {

class Samples {
 public:
  // 16 MB: ten minutes of fifty sampled players. What comes later is only counted.
  static constexpr size_t kMaxKept = 4'000'000;

  void Add(Micros value) {
    ++count_;
    if (kept_.size() < kMaxKept) kept_.push_back(static_cast<int32_t>(std::clamp<Micros>(value, 0, INT32_MAX)));
  }
  void Merge(const Samples& other) {
    count_ += other.count_;
    size_t room = kMaxKept - kept_.size();
    size_t take = std::min(room, other.kept_.size());
    kept_.insert(kept_.end(), other.kept_.begin(), other.kept_.begin() + static_cast<std::ptrdiff_t>(take));
  }
  size_t count() const { return count_; }

  // The value that `share` (0..1) of the samples do not exceed, in milliseconds; 0 without samples.
  double PercentileMs(double share) const {
    if (kept_.empty()) return 0;
    std::vector<int32_t> sorted = kept_;
    auto rank = static_cast<size_t>(std::llround(share * static_cast<double>(sorted.size() - 1)));
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(rank), sorted.end());
    return sorted[rank] / 1000.0;
  }

 private:
  std::vector<int32_t> kept_;  // microseconds
  size_t count_ = 0;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_SAMPLES_H_
