// How much of the C++ heap is handed out. Thread rule: any thread; costs some microseconds.
#ifndef WEIR_SYS_MEMORY_USE_H_
#define WEIR_SYS_MEMORY_USE_H_

#include <cstdint>

namespace weir {

// Bytes that malloc has given out and not got back, over all arenas, mapped blocks included.
uint64_t HeapInUse();

}  // namespace weir

#endif  // WEIR_SYS_MEMORY_USE_H_
