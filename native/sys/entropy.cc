#include "sys/entropy.h"

#include <sys/random.h>
#include <sys/types.h>

namespace weir {

void FillRandom(uint8_t* out, size_t size) {
  while (size > 0) {
    ssize_t n = getrandom(out, size, 0);
    if (n <= 0) continue;  // EINTR only: the flags are 0
    out += n;
    size -= static_cast<size_t>(n);
  }
}

}  // namespace weir
