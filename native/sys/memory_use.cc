#include "sys/memory_use.h"

#include <malloc.h>

namespace weir {

uint64_t HeapInUse() {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace weir
