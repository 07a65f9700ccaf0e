// Handles: the numbers by which TypeScript names connections; a stale one finds nothing. The table also knows which
// shard a connection lives on. Lifetime: the engine's; a handle stays until TypeScript has seen the connection's last
// event. Thread rule: any thread; the pointer that Find gives is only for the shard that it names.
#ifndef WEIR_LIVE_HANDLES_H_
#define WEIR_LIVE_HANDLES_H_

#include <cstdint>
#include <mutex>
#include <vector>

#include "base/slot_map.h"

namespace weir {

class Connection;
class Shard;

class Handles {
 public:
  struct Place {
    Shard* shard = nullptr;
    Connection* connection = nullptr;
  };

  // The connection sets its place when it is made or moves.
  uint64_t Allocate();
  void Put(uint64_t handle, Place place);
  // An empty place: the handle is stale, or its connection has ended and only waits for its last event to be seen.
  Place Find(uint64_t handle) const;
  void Free(uint64_t handle);
  // Those that live on a shard. Called on it, so that none of them goes meanwhile.
  std::vector<Connection*> On(const Shard& shard) const;

 private:
  mutable std::mutex mutex_;
  SlotMap<Place> places_;  // 24 bytes each: every player pays for one
};

}  // namespace weir

#endif  // WEIR_LIVE_HANDLES_H_
