// Counts what operator new has given out, in the driver's executable only: sanitizers count for themselves.
// Lifetime: of the process. Thread rule: any thread.
#ifndef WEIR_DRIVER_ALLOCATIONS_H_
#define WEIR_DRIVER_ALLOCATIONS_H_

#include <cstdint>

namespace weir::driver {

struct Allocated {
  int64_t blocks = 0;
  int64_t requested = 0;
  int64_t usable = 0;  // as glibc rounds it up
};

Allocated AllocatedNow();
// False under a sanitizer, which has its own operator new.
bool CountsAllocations();

}  // namespace weir::driver

#endif  // WEIR_DRIVER_ALLOCATIONS_H_
