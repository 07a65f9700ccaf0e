// Handles: the numbers by which TypeScript names connections. A handle is slot + generation in 53 bits, so that a
// JavaScript number holds it; a stale one finds nothing. The table also knows which shard a connection lives on.
// Lifetime: the engine's; a slot stays taken until TypeScript has seen the connection's last event. Thread rule: any
// thread; the pointer that Find gives is only for the shard that it names.
#ifndef WEIR_LIVE_HANDLES_H_
#define WEIR_LIVE_HANDLES_H_

#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace weir {

class Connection;
class Shard;

class Handles {
 public:
  struct Place {
    Shard* shard = nullptr;
    Connection* connection = nullptr;
  };

  // Takes a slot; the connection sets its place when it is made or moves.
  uint64_t Allocate();
  void Put(uint64_t handle, Place place);
  // An empty place: the handle is stale, or its connection has ended and only waits for its last event to be seen.
  Place Find(uint64_t handle) const;
  void Free(uint64_t handle);
  // Those that live on a shard. Called on it, so that none of them goes meanwhile.
  std::vector<Connection*> On(const Shard& shard) const;

 private:
  static constexpr int kSlotBits = 24;
  static constexpr uint32_t kGenerations = 1u << 28;

  static constexpr uint32_t kNoSlot =
      0;  // numbers begin at 1, so that 0 names no connection and the first ones read well in a log

  // 24 bytes: every player pays for one. A deque has no spare half as a vector has.
  struct Slot {
    Place place;
    uint32_t generation = 0;
    uint32_t next_free = kNoSlot;
  };

  const Slot* At(uint64_t handle) const;

  mutable std::mutex mutex_;
  std::deque<Slot> slots_;
  uint32_t first_free_ = kNoSlot;
};

}  // namespace weir

#endif  // WEIR_LIVE_HANDLES_H_
