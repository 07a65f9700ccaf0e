// ErrorCounts: how often each kind of error happened, bounded in the number of kinds.
// Lifetime: plain value. Thread rule: one writer; merged after its thread has been joined.
#ifndef WEIR_BENCH_LOAD_ERROR_COUNTS_H_
#define WEIR_BENCH_LOAD_ERROR_COUNTS_H_

#include <cstdint>
#include <map>
#include <string>

#include "bench/load/json.h"

namespace weir::load {

class ErrorCounts {
 public:
  static constexpr size_t kMaxKinds = 64;

  void Add(const std::string& kind, uint64_t count = 1) {
    bool has_room = counts_.size() < kMaxKinds || counts_.contains(kind);
    counts_[has_room ? kind : "other"] += count;
  }
  void Merge(const ErrorCounts& other) {
    for (const auto& [kind, count] : other.counts_) Add(kind, count);
  }
  bool empty() const { return counts_.empty(); }
  uint64_t total() const {
    uint64_t sum = 0;
    for (const auto& [kind, count] : counts_) sum += count;
    return sum;
  }
  const std::map<std::string, uint64_t>& counts() const { return counts_; }

  // As a JSON object named `name`.
  void Write(std::string_view name, Json& json) const {
    json.Open(name);
    for (const auto& [kind, count] : counts_) json.Count(kind, count);
    json.Close();
  }

 private:
  std::map<std::string, uint64_t> counts_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_ERROR_COUNTS_H_
