// MemoryBudget: how much all logs hold, against memory_limit; LogAccount: one log's part of it. A memfd that crosses
// the limit of a cgroup is an OOM kill and not an error, so the limit is ours. Lifetime: the budget outlives every
// account, an account is shared by the log and its segments. Thread rule: any thread.
#ifndef WEIR_LOG_MEMORY_BUDGET_H_
#define WEIR_LOG_MEMORY_BUDGET_H_

#include <atomic>
#include <cstdint>

namespace weir {

class MemoryBudget {
 public:
  explicit MemoryBudget(int64_t limit) : limit_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  void Add(int64_t bytes) { used_.fetch_add(bytes, std::memory_order_relaxed); }
  int64_t used() const { return used_.load(std::memory_order_relaxed); }
  int64_t limit() const { return limit_.load(std::memory_order_relaxed); }
  bool exceeded() const { return used() > limit_.load(std::memory_order_relaxed); }
  // Skipping laggards did not help: GOPs are given up too.
  bool critical() const { return used() > limit_.load(std::memory_order_relaxed) / 10 * 11; }
  void set_limit(int64_t limit) { limit_.store(limit, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> used_{0};
  std::atomic<int64_t> limit_;
};

class LogAccount {
 public:
  explicit LogAccount(MemoryBudget& budget) : budget_(budget) {}
  LogAccount(const LogAccount&) = delete;
  LogAccount& operator=(const LogAccount&) = delete;

  void Add(int64_t bytes) {
    used_.fetch_add(bytes, std::memory_order_relaxed);
    budget_.Add(bytes);
  }
  int64_t used() const { return used_.load(std::memory_order_relaxed); }
  const MemoryBudget& budget() const { return budget_; }

 private:
  std::atomic<int64_t> used_{0};
  MemoryBudget& budget_;
};

}  // namespace weir

#endif  // WEIR_LOG_MEMORY_BUDGET_H_
