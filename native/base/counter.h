// Counter: a number that one thread adds to and any thread reads; costs what a plain add costs.
// Lifetime: part of what it counts. Thread rule: one writer, any reader.
#ifndef WEIR_BASE_COUNTER_H_
#define WEIR_BASE_COUNTER_H_

#include <atomic>
#include <cstdint>

namespace weir {

class Counter {
 public:
  void Add(uint64_t n) { value_.store(get() + n, std::memory_order_relaxed); }
  void Subtract(uint64_t n) { value_.store(get() - n, std::memory_order_relaxed); }
  uint64_t get() const { return value_.load(std::memory_order_relaxed); }
  // Reads and starts again from zero; may lose what is added at the same moment.
  uint64_t Take() { return value_.exchange(0, std::memory_order_relaxed); }
  void Raise(uint64_t n) {
    if (n > get()) value_.store(n, std::memory_order_relaxed);
  }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace weir

#endif  // WEIR_BASE_COUNTER_H_
