#include "sys/monotonic.h"

#include <ctime>

namespace weir {

namespace {

Micros Read(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return Micros{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

}  // namespace

Micros MonotonicMicros() { return Read(CLOCK_MONOTONIC); }

int64_t UnixSeconds() { return Read(CLOCK_REALTIME) / 1'000'000; }

Micros ThreadCpuMicros() { return Read(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace weir
