// A harness for what native code does once per message: nanoseconds per message and bytes per second, the median of
// several rounds. Lifetime: plain values. Thread rule: one thread.
#ifndef WEIR_BENCH_NATIVE_HARNESS_H_
#define WEIR_BENCH_NATIVE_HARNESS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace weir::micro {

// What one call of a case did.
struct Work {
  size_t messages = 0;
  size_t bytes = 0;
};

struct Case {
  std::string name;
  std::function<Work()> run;
};

using Cases = std::vector<Case>;

// The cases of each area.
void AddChunkCases(Cases& cases);
void AddAmfCases(Cases& cases);
void AddMediaCases(Cases& cases);
void AddLogCases(Cases& cases);

// Keeps the optimizer from dropping a result.
template <class T>
inline void Keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace weir::micro

#endif  // WEIR_BENCH_NATIVE_HARNESS_H_
