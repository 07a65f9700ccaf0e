// PlayResult: what a run of players found, and how it reads as JSON and as a table.
// Lifetime: plain value. Thread rule: main thread.
#ifndef WEIR_BENCH_LOAD_PLAY_RESULT_H_
#define WEIR_BENCH_LOAD_PLAY_RESULT_H_

#include <string>
#include <vector>

#include "bench/load/console.h"
#include "bench/load/error_counts.h"
#include "bench/load/play_crew.h"
#include "bench/load/stream_check.h"

namespace weir::load {

// How even the players were served: of those that played during the whole measurement.
struct RateSummary {
  int players = 0;
  double min = 0;  // bit/s
  double mean = 0;
  double max = 0;
  int outside = 0;   // more than 2 % from the mean
  double reads = 0;  // per second and player: how often something arrived
  double total = 0;  // bit/s of all players, whole or not
};

struct PlayResult {
  PlayOptions options;
  double seconds = 0;  // of the measurement
  int joined = 0;      // at its end
  uint64_t joins = 0;
  uint64_t rejoins = 0;
  uint64_t lost = 0;
  int slow_alive = 0;
  int sampled = 0;
  RateSummary rate;
  CheckTotals check;
  HlsTotals hls;
  Samples connect_time;
  Samples start_time;
  Samples join_time;
  ErrorCounts errors;
  double own_cpu = 0;       // seconds of ours during the measurement
  double watched_cpu = -1;  // of the watched process, negative without one

  // Everybody joined and stayed, and every sampled stream was faultless.
  bool IsGood() const;
  // Seconds of CPU per Gbit delivered.
  double PerGbit(double cpu) const { return rate.total > 0 ? cpu / (rate.total * seconds / 1e9) : 0; }
};

RateSummary SummarizeRates(const std::vector<PlayerRate>& rates);
std::string ToJson(const PlayResult& result);
Console::Rows ToTable(const PlayResult& result);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PLAY_RESULT_H_
