// Waiter: a connection's place in a list of those who wait for something of the object store; Wakeups: those of them
// that must look again, collected under the store's mutex and told after it, with one task for each shard. Lifetime: a
// waiter is its connection's, which cancels it before it goes. Thread rule: a waiter is linked and unlinked under the
// store's mutex only.
#ifndef WEIR_LIVE_WAITER_H_
#define WEIR_LIVE_WAITER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "base/list.h"
#include "proto/hls/reload.h"

namespace weir {

class Shard;
struct InStore;

struct Waiter : ListNode<InStore> {
  Waiter(Shard& shard_of, uint64_t connection_of) : shard(&shard_of), connection(connection_of) {}

  Shard* const shard;
  const uint64_t connection;
  hls::Reload reload;  // of a list: what it must have
};

using Waiters = List<Waiter, InStore>;

class Wakeups {
 public:
  void Add(Waiter& waiter);
  void AddAll(Waiters& waiters) {
    while (Waiter* waiter = waiters.front()) Add(*waiter);
  }
  // Without the mutex.
  void Send();

 private:
  std::vector<std::pair<Shard*, std::vector<uint64_t>>> by_shard_;
};

}  // namespace weir

#endif  // WEIR_LIVE_WAITER_H_
