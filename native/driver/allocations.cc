#include "driver/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace weir::driver {
namespace {

// operator new has no object to keep these in.
std::atomic<int64_t> blocks{0};
std::atomic<int64_t> requested{0};
std::atomic<int64_t> usable{0};

}  // namespace

Allocated AllocatedNow() { return {blocks.load(), requested.load(), usable.load()}; }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

bool CountsAllocations() { return false; }

}  // namespace weir::driver

#else

bool CountsAllocations() { return true; }

namespace {

// Each block begins with its size; 16 keeps what follows aligned.
constexpr size_t kHead = 16;

// malloc_usable_size of a block without our head: chunks of 16 bytes, of which 8 are malloc's, 24 at least.
int64_t UsableOf(size_t size) {
  size_t chunk = (size + 8 + 15) / 16 * 16;
  return static_cast<int64_t>(chunk < 32 ? 24 : chunk - 8);
}

void Count(size_t size, int64_t sign) {
  blocks.fetch_add(sign, std::memory_order_relaxed);
  requested.fetch_add(sign * static_cast<int64_t>(size), std::memory_order_relaxed);
  usable.fetch_add(sign * UsableOf(size), std::memory_order_relaxed);
}

void* Allocate(size_t size) {
  auto* block = static_cast<char*>(std::malloc(size + kHead));
  if (block == nullptr) std::abort();
  *reinterpret_cast<size_t*>(block) = size;
  Count(size, 1);
  return block + kHead;
}

void Free(void* memory) {
  if (memory == nullptr) return;
  char* block = static_cast<char*>(memory) - kHead;
  Count(*reinterpret_cast<size_t*>(block), -1);
  std::free(block);
}

}  // namespace
}  // namespace weir::driver

void* operator new(size_t size) { return weir::driver::Allocate(size); }
void* operator new[](size_t size) { return weir::driver::Allocate(size); }
void operator delete(void* memory) noexcept { weir::driver::Free(memory); }
void operator delete[](void* memory) noexcept { weir::driver::Free(memory); }
void operator delete(void* memory, size_t) noexcept { weir::driver::Free(memory); }
void operator delete[](void* memory, size_t) noexcept { weir::driver::Free(memory); }

#endif
