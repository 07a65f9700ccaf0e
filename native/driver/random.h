// Random: what the driver's actors do next, from a seed (SplitMix64). Two runs with one seed make the same choices,
// though threads interleave differently. Lifetime: plain value. Thread rule: one thread.
#ifndef WEIR_DRIVER_RANDOM_H_
#define WEIR_DRIVER_RANDOM_H_

#include <cstdint>

namespace weir::driver {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t n) { return Next() % n; }
  // Both included.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low + 1)));
  }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_RANDOM_H_
