// Decider: the engine's other side, as TypeScript is in the server: takes its events and answers them; nearly all with
// yes, some with no, some late, some never. It kicks, and asks for statistics in between and holds them against what
// players saw. Lifetime: outlives the engine's threads. Thread rule: Ring on any thread; a thread of its own does the
// rest.
#ifndef WEIR_DRIVER_DECIDER_H_
#define WEIR_DRIVER_DECIDER_H_

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "driver/event_check.h"
#include "driver/world.h"
#include "live/engine.h"

namespace weir::driver {

class Decider {
 public:
  Decider(World& world, Random random) : world_(world), random_(random), check_(world.verdict) {}

  // The doorbell.
  void Ring();
  void Start(Engine& engine);
  // Sees the last events. To be called when the engine has stopped.
  void Finish();

 private:
  struct Later {
    uint64_t connection;
    Decision decision;
  };
  // A player's actor and which of its lives this connection is.
  struct Who {
    size_t player = 0;
    uint32_t life = 0;
  };

  void Run();
  void Take();
  void OnEvent(const Event& event);
  void Answer(const Event& event);
  Decision Decide(const Event& event);
  void AnswerLate(Micros now);
  void Meddle(Micros now);
  void AskForConnections();
  void CompareGaps(const Event& event);

  World& world_;
  Random random_;
  EventCheck check_;
  Engine* engine_ = nullptr;
  std::thread thread_;
  std::multimap<Micros, Later> late_;
  std::map<uint64_t, Who> players_;  // by connection
  Micros next_meddling_ = 0;
  // Of the question that is open: what players had seen when it was asked.
  uint64_t ticket_ = 0;
  Micros asked_at_ = 0;  // 0: none is open
  std::vector<uint64_t> gaps_then_;
  std::map<uint64_t, uint64_t> skips_;  // by connection, the newest figure
  // Guarded by mutex_.
  std::mutex mutex_;
  std::condition_variable bell_;
  bool rung_ = false;
  bool ends_ = false;
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_DECIDER_H_
