// What a settled player costs the engine: bytes that operator new has given out, between a few hundred and a few
// thousand players of one live stream. The players are in another process, whose memory does not count. Lifetime: none.
// Thread rule: the main thread, before it has started any other.
#ifndef WEIR_DRIVER_MEMORY_H_
#define WEIR_DRIVER_MEMORY_H_

#include "driver/options.h"

namespace weir::driver {

// Prints the figures. False if it could not be measured, or is more than a player may cost.
[[nodiscard]] bool MeasureMemory(const Options& options);

}  // namespace weir::driver

#endif  // WEIR_DRIVER_MEMORY_H_
