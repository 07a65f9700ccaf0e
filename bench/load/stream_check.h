// StreamCheck: proves, message by message, that what one player receives is a valid stream: it begins with a key frame
// and near time 0, times never run backwards, and the stamped frames come complete, in order and unharmed. Lifetime:
// one per sampled player; Restart for each of its connections. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_STREAM_CHECK_H_
#define WEIR_BENCH_LOAD_STREAM_CHECK_H_

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "bench/load/samples.h"
#include "bench/load/stamp.h"
#include "proto/rtmp/message.h"

namespace weir::load {

// What all checks of a crew found; everything below `stamped` but the times should be 0.
struct CheckTotals {
  uint64_t frames = 0;
  uint64_t stamped = 0;
  uint64_t corrupt = 0;              // the hash says so, or the frame cannot be told
  uint64_t gaps = 0;                 // places where frames are missing
  uint64_t missing = 0;              // the frames missing there
  uint64_t repeated = 0;             // a frame that came before, or out of order
  uint64_t backwards = 0;            // a time before the one of the previous frame of the kind
  uint64_t jumps = 0;                // a step of more than a second between two frames of a kind
  uint64_t continuity = 0;           // places where packets of a transport stream are missing or repeated
  uint64_t silent = 0;               // whoever got bytes at the end, but no frame for seconds
  uint64_t starts_without_key = 0;   // the first picture, or the first after a gap, is no key frame
  uint64_t starts_late = 0;          // the clock begins beyond two seconds
  uint64_t republishes = 0;          // the publisher began to count anew
  uint32_t first_timestamp_max = 0;  // ms
  Samples latency;                   // from the publisher's send to here

  void Merge(const CheckTotals& other);
  bool IsClean() const;
};

// Whose clock the times are of: RTMP players have their own, which begins near 0; FLV and TS carry the stream's.
enum class StreamClock : uint8_t { kViewer, kStream };

class StreamCheck {
 public:
  void Restart(StreamClock clock) {
    *this = StreamCheck();
    clock_ = clock;
  }

  // An audio, video or data message. Latency is taken from frames that were sent at `latency_from` or later: older ones
  // came from the GOP cache.
  void OnMedia(const rtmp::Message& message, Micros now, Micros latency_from, CheckTotals& totals);

  // When the newest frame came; 0 before the first.
  Micros newest() const { return newest_; }

 private:
  struct Track {
    bool is_started = false;
    bool is_stamped = false;
    uint32_t timestamp = 0;
    uint64_t number = 0;
    Micros sent = 0;
  };

  void CheckTime(Track& track, uint32_t timestamp, CheckTotals& totals);
  bool CheckNumber(Track& track, const Stamp& stamp, CheckTotals& totals);

  StreamClock clock_ = StreamClock::kViewer;
  Track video_;
  Track audio_;
  Micros newest_ = 0;
  bool wants_key_ = true;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_STREAM_CHECK_H_
