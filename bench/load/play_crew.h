// PlayCrew: the viewers of one thread: opens them at their times, gives up on those that do not join, lets some stall
// or leave and come back, and keeps count of who received what while the measurement lasted. Lifetime: the plan
// outlives it. Thread rule: its worker's thread; `live` and the plan's phase are read and written across.
#ifndef WEIR_BENCH_LOAD_PLAY_CREW_H_
#define WEIR_BENCH_LOAD_PLAY_CREW_H_

#include <atomic>
#include <memory>
#include <vector>

#include "bench/load/connect.h"
#include "bench/load/play_options.h"
#include "bench/load/viewer.h"

namespace weir::load {

enum class PlayPhase : uint8_t { kJoin, kMeasure, kOver };

struct PlayPlan {
  PlayOptions options;
  Connector connector;
  Protocol protocol = Protocol::kRtmp;
  Micros start = 0;
  std::atomic<PlayPhase> phase{PlayPhase::kJoin};
};

// Published by each crew ten times a second.
struct PlayLive {
  std::atomic<int> opened{0};  // ever
  std::atomic<int> joined{0};  // now
  std::atomic<int> failed{0};
  std::atomic<uint64_t> joins{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> faults{0};
};

// What one player got during the measurement.
struct PlayerRate {
  double bits_per_second;
  double reads_per_second;
  bool is_whole;  // neither slow nor away in between, nor lost
};

class PlayCrew : public Crew {
 public:
  // Owns the players with these numbers; `slow` of them stop reading when the measurement begins.
  PlayCrew(PlayPlan& plan, const std::vector<int>& indexes, bool is_sampled, int slow);

  Micros OnTimer(Micros now) override;
  void OnStop(Micros now) override;
  bool IsDone() const override { return is_done_; }

  const PlayLive& live() const { return live_; }
  // After the worker was joined.
  const ViewerShare& share() const { return share_; }
  const std::vector<PlayerRate>& rates() const { return rates_; }
  uint64_t rejoins() const { return rejoins_; }
  int slow_alive() const { return slow_alive_; }

 private:
  struct Seat {
    bool is_slow;
    bool was_away = false;  // since the measurement began
    uint64_t bytes = 0;     // when it began
    uint64_t reads = 0;
  };

  void OpenDue(Micros now);
  void Open(size_t at, Micros now);
  void Sweep(Micros now);
  void Churn(Micros now);
  void BeginMeasure(Micros now);
  void EndMeasure(Micros now);
  Micros OpenTime(int index) const;

  PlayPlan& plan_;
  ViewerShare share_;
  std::vector<Seat> seats_;
  std::vector<std::unique_ptr<Viewer>> viewers_;  // seats_[i] is whose
  std::vector<PlayerRate> rates_;
  PlayLive live_;
  PlayPhase phase_ = PlayPhase::kJoin;
  size_t next_open_ = 0;
  size_t next_churn_ = 0;
  double churn_share_;  // of this crew, per second
  Micros next_sweep_ = 0;
  Micros measure_start_ = 0;
  uint64_t rejoins_ = 0;
  int slow_alive_ = 0;
  bool has_resumed_ = false;
  bool is_done_ = false;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PLAY_CREW_H_
