// The soak: an engine, its decider, and crews of publishers, players and vandals, for some seconds; then the engine is
// stopped with everything in flight, and it begins anew. Lifetime: none. Thread rule: the main thread.
#ifndef WEIR_DRIVER_SOAK_H_
#define WEIR_DRIVER_SOAK_H_

#include "driver/options.h"

namespace weir::driver {

// True if nothing was wrong. Prints a line that says what happened.
[[nodiscard]] bool Soak(const Options& options);

}  // namespace weir::driver

#endif  // WEIR_DRIVER_SOAK_H_
