// PlayBuffer: how much of what was fetched has not been played yet, on the wall clock. It plays from its first fragment
// on, and stands still while it is empty. Lifetime: its viewer's. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_PLAY_BUFFER_H_
#define WEIR_BENCH_LOAD_PLAY_BUFFER_H_

#include "bench/load/hls_totals.h"

namespace weir::load {

class PlayBuffer {
 public:
  // When it will be empty; 0: it does not play.
  Micros empty_at() const { return has_begun_ && !is_stalled_ ? empty_at_ : 0; }

  void Add(Micros duration, Micros now, HlsTotals& totals) {
    Look(now, totals);
    if (is_stalled_) totals.stalled += now - empty_at_;
    if (!has_begun_ || is_stalled_) empty_at_ = now;
    empty_at_ += duration;
    has_begun_ = true;
    is_stalled_ = false;
  }
  // Notices that it has become empty.
  void Look(Micros now, HlsTotals& totals) {
    if (!has_begun_ || is_stalled_ || now < empty_at_) return;
    is_stalled_ = true;
    ++totals.stalls;
  }

 private:
  bool has_begun_ = false;
  bool is_stalled_ = false;
  Micros empty_at_ = 0;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PLAY_BUFFER_H_
