// World: what all actors of one round share: where the server is, which streams there are and what may be expected of
// each, and what has happened so far. Lifetime: of a round. Thread rule: plans are constant, the rest is atomic.
#ifndef WEIR_DRIVER_WORLD_H_
#define WEIR_DRIVER_WORLD_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "driver/random.h"
#include "driver/verdict.h"
#include "live/grant.h"
#include "sys/tcp.h"

namespace weir::driver {

// One stream's configuration, and what follows from it.
struct Plan {
  PublishGrant publish;
  PlayGrant play;
  // Every join and every skip begins with a key frame: the GOP is cached and always fits.
  bool begins_with_key = true;
  // The stream's time runs on whatever its publishers do (time_jitter full).
  bool is_one_clock = true;
  // Video stops for seconds now and then.
  bool has_audio_phases = false;
};

class Ledger {
 public:
  // The number of a publish that the server has accepted: they count up in the order in which it did.
  uint32_t BeginEpoch() { return epochs_.fetch_add(1) + 1; }
  // A video frame of that epoch is with the kernel.
  void Sent(uint32_t epoch, uint32_t number) { newest_.store(uint64_t{epoch} << 32 | number); }
  uint64_t newest() const { return newest_.load(); }

 private:
  std::atomic<uint32_t> epochs_{0};
  std::atomic<uint64_t> newest_{0};
};

// How many gaps a player has seen that only a skip explains, since it connected: life in the upper half, gaps in the
// lower.
using GapRecord = std::atomic<uint64_t>;

struct World {
  World(Verdict& verdict_of, int streams, int players, Random& random);

  const Plan& plan(uint32_t stream) const { return plans[stream]; }

  Verdict& verdict;
  SocketAddress address;
  SocketAddress http_address;
  std::vector<Plan> plans;
  std::vector<std::unique_ptr<Ledger>> ledgers;
  std::vector<std::unique_ptr<GapRecord>> gaps;  // by player, then by viewer
};

inline std::string StreamName(uint32_t stream) { return "s" + std::to_string(stream); }

}  // namespace weir::driver

#endif  // WEIR_DRIVER_WORLD_H_
