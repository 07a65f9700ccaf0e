// The monotonic clock. Nothing outside of sys/ and the reactor reads it: time is passed in. Thread rule: any thread.
#ifndef WEIR_SYS_MONOTONIC_H_
#define WEIR_SYS_MONOTONIC_H_

#include "base/clock.h"

namespace weir {

Micros MonotonicMicros();
// Seconds since 1970, for dates that people and browsers read.
int64_t UnixSeconds();
// What this thread has used of a core. For durations that must not grow when other processes take the core.
Micros ThreadCpuMicros();
inline Millis MonotonicMillis() { return MonotonicMicros() / 1000; }

}  // namespace weir

#endif  // WEIR_SYS_MONOTONIC_H_
