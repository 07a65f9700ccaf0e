#include "sys/monotonic.h"

#include <ctime>

namespace weir {

Micros MonotonicMicros() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return Micros{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

}  // namespace weir
