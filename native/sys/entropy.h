// Random bytes of the kernel, for handshakes. Thread rule: any thread.
#ifndef WEIR_SYS_ENTROPY_H_
#define WEIR_SYS_ENTROPY_H_

#include <cstddef>
#include <cstdint>

namespace weir {

// Fills all of it; the kernel's pool cannot run dry once it is up.
void FillRandom(uint8_t* out, size_t size);

}  // namespace weir

#endif  // WEIR_SYS_ENTROPY_H_
