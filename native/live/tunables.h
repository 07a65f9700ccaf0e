// Tunables: what may change of the engine as a whole while it runs: by a reload, and when it drains.
// Lifetime: the engine's. Thread rule: any thread; each value on its own.
#ifndef WEIR_LIVE_TUNABLES_H_
#define WEIR_LIVE_TUNABLES_H_

#include <atomic>
#include <cstdint>

#include "live/grant.h"

namespace weir {

class Tunables {
 public:
  explicit Tunables(const EngineTuning& tuning) { Set(tuning); }
  Tunables(const Tunables&) = delete;
  Tunables& operator=(const Tunables&) = delete;

  void Set(const EngineTuning& tuning) {
    max_connections_.store(tuning.max_connections, std::memory_order_relaxed);
    cross_domain_.store(tuning.cross_domain, std::memory_order_relaxed);
    chunk_size_.store(tuning.chunk_size, std::memory_order_relaxed);
  }
  int64_t max_connections() const { return max_connections_.load(std::memory_order_relaxed); }
  bool cross_domain() const { return cross_domain_.load(std::memory_order_relaxed); }
  // From now on the engine waits for its clients to go.
  void Drain() { is_draining_.store(true, std::memory_order_relaxed); }
  bool is_draining() const { return is_draining_.load(std::memory_order_relaxed); }
  uint32_t chunk_size() const { return chunk_size_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> max_connections_;
  std::atomic<bool> cross_domain_;
  std::atomic<uint32_t> chunk_size_;
  std::atomic<bool> is_draining_{false};
};

}  // namespace weir

#endif  // WEIR_LIVE_TUNABLES_H_
