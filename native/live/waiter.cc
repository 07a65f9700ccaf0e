#include "live/waiter.h"

#include <algorithm>

#include "live/shard.h"

namespace weir {

void Wakeups::Add(Waiter& waiter) {
  waiter.Unlink();
  auto of =
      std::find_if(by_shard_.begin(), by_shard_.end(), [&](const auto& entry) { return entry.first == waiter.shard; });
  if (of == by_shard_.end()) of = by_shard_.insert(of, {waiter.shard, {}});
  of->second.push_back(waiter.connection);
}

void Wakeups::Send() {
  for (auto& [shard, connections] : by_shard_) {
    shard->Post([shard = shard, woken = std::move(connections)] { shard->Wake(woken); });
  }
  by_shard_.clear();
}

}  // namespace weir
