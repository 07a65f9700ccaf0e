// RoundClock: when the next flush round may begin, and how the rounds went. Adaptive (design 2.4): the next round comes
// kShare times the last one's duration later, so that few players are served at once and many in larger pieces.
// Lifetime: the shard's. Thread rule: its shard, but TakeStats (any thread, between which single values may be lost).
#ifndef WEIR_LIVE_ROUND_CLOCK_H_
#define WEIR_LIVE_ROUND_CLOCK_H_

#include <algorithm>
#include <array>
#include <iterator>

#include "base/clock.h"
#include "base/counter.h"
#include "live/stats.h"

namespace weir {

class RoundClock {
 public:
  static constexpr Micros kLongest = 350'000;  // SRS's merged write
  static constexpr Micros kShort = 1000;       // rounds up to this count in full
  static constexpr Micros kShare = 9;          // rounds take a tenth of the core, until kLongest is reached

  void Begin(Micros now, Micros due) {
    if (began_ != 0) intervals_.Add(static_cast<uint64_t>(now - began_));
    began_ = now;
    spent_ = 0;
    uint64_t delay = static_cast<uint64_t>(std::max<Micros>(0, now - due));
    delay_.Add(delay);
    delay_max_.Raise(delay);
    delays_[static_cast<size_t>(std::lower_bound(std::begin(kDelayBounds), std::end(kDelayBounds), now - due) -
                                std::begin(kDelayBounds))]
        .Add(1);
  }
  // A slice of the round took so much of the core: when others have it the next round is no later for that.
  void Spend(Micros time) { spent_ += time; }
  void End(Micros now) {
    // A mean of about eight rounds: an interval that jumps about makes the slowest frames slower, and saves nothing.
    // One round counts as no more than twice the mean: where hundreds of players stop reading, the kernel squeezes
    // their receive buffers once, within our calls, and the others would pay for that round with seconds of long
    // intervals.
    mean_ = mean_ == 0 ? spent_ : mean_ + (std::min(spent_, std::max(2 * mean_, kShort)) - mean_) / 8;
    next_ = now + std::min(kLongest, kShare * mean_);
    rounds_.Add(1);
    time_.Add(static_cast<uint64_t>(spent_));
    max_.Raise(static_cast<uint64_t>(spent_));
  }
  // The earliest begin of the next adaptive round.
  Micros next() const { return next_; }

  void Fill(ReactorStats& stats) {
    stats.rounds = rounds_.get();
    stats.round_time = static_cast<Micros>(time_.get());
    stats.round_intervals = static_cast<Micros>(intervals_.get());
    stats.start_delay = static_cast<Micros>(delay_.get());
    stats.round_max = static_cast<Micros>(max_.Take());
    stats.start_delay_max = static_cast<Micros>(delay_max_.Take());
    for (size_t i = 0; i < kDelayBuckets; ++i) stats.start_delays[i] = delays_[i].get();
  }

 private:
  Micros began_ = 0;
  Micros spent_ = 0;
  Micros mean_ = 0;
  Micros next_ = 0;
  Counter rounds_;
  Counter time_;
  Counter max_;
  Counter intervals_;
  Counter delay_;
  Counter delay_max_;
  std::array<Counter, kDelayBuckets> delays_;
};

}  // namespace weir

#endif  // WEIR_LIVE_ROUND_CLOCK_H_
