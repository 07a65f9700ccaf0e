// HttpCounters: the answers of one shard by status. Lifetime: its shard's. Thread rule: the shard adds, any thread
// reads.
#ifndef WEIR_LIVE_HTTP_COUNTERS_H_
#define WEIR_LIVE_HTTP_COUNTERS_H_

#include <array>
#include <map>

#include "base/counter.h"

namespace weir {

class HttpCounters {
 public:
  void Count(int status) { answers_[static_cast<size_t>(status - kFirst)].Add(1); }
  void AddTo(std::map<int, uint64_t>& sums) const {
    for (size_t i = 0; i < answers_.size(); ++i) {
      if (answers_[i].get() > 0) sums[static_cast<int>(i) + kFirst] += answers_[i].get();
    }
  }

 private:
  static constexpr int kFirst = 100;

  std::array<Counter, 500> answers_;
};

}  // namespace weir

#endif  // WEIR_LIVE_HTTP_COUNTERS_H_
