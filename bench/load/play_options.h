// PlayOptions: what `weir-load play` was asked for. Lifetime, thread rule: plain value, constant after parsing.
#ifndef WEIR_BENCH_LOAD_PLAY_OPTIONS_H_
#define WEIR_BENCH_LOAD_PLAY_OPTIONS_H_

#include <string>

#include "bench/load/console.h"

namespace weir::load {

struct PlayOptions {
  std::string url;
  int players = 1;
  double ramp = 500;  // connections per second
  bool storm = false;
  double settle = 3;    // seconds after the last join
  double duration = 0;  // of the measurement; 0: until interrupted
  double join_timeout = 10;
  int sample = 10;
  int slow = 0;
  double resume = 0;  // seconds after which the slow ones read again; 0: never
  double churn = 0;   // leave and rejoin, per second
  int watch = 0;      // a process whose CPU time is measured
  int threads = 1;
  std::string bind_range;
  ConsoleOptions console;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PLAY_OPTIONS_H_
