// HlsTotals: what the HLS viewers of a crew fetched, and how often one of them would have seen its picture stop.
// Lifetime: plain value. Thread rule: one writer; merged after its thread has been joined.
#ifndef WEIR_BENCH_LOAD_HLS_TOTALS_H_
#define WEIR_BENCH_LOAD_HLS_TOTALS_H_

#include <cstdint>

#include "bench/load/samples.h"

namespace weir::load {

struct HlsTotals {
  uint64_t playlists = 0;
  uint64_t unchanged = 0;  // reloads that brought nothing new
  uint64_t fragments = 0;  // whole ones, and parts of the low-latency kind
  uint64_t late = 0;       // took longer to fetch than to play
  uint64_t stalls = 0;     // the buffer ran empty
  Micros stalled = 0;      // so long in all
  uint64_t missed = 0;     // gone before they were fetched, or refused
  uint64_t reconnects = 0;
  Samples playlist_time;  // from the request to the last byte, during the measurement
  Samples fragment_time;

  void Merge(const HlsTotals& other) {
    playlists += other.playlists;
    unchanged += other.unchanged;
    fragments += other.fragments;
    late += other.late;
    stalls += other.stalls;
    stalled += other.stalled;
    missed += other.missed;
    reconnects += other.reconnects;
    playlist_time.Merge(other.playlist_time);
    fragment_time.Merge(other.fragment_time);
  }
  bool IsClean() const { return stalls + missed == 0; }
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_HLS_TOTALS_H_
