// Verdict: what the driver has found wrong, and how much of everything happened, so that a run in which nothing was
// tried does not look like one in which nothing was wrong. Lifetime: of a run. Thread rule: any thread.
#ifndef WEIR_DRIVER_VERDICT_H_
#define WEIR_DRIVER_VERDICT_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

namespace weir::driver {

enum class Tally : uint8_t {
  kFrames,
  kPlays,
  kPublishes,
  kRepublishes,
  kTakeovers,
  kHeaderChanges,
  kTimeJumps,
  kPauses,
  kTrackSwitches,
  kStalls,
  kGaps,
  kSkips,
  kLeavings,
  kVandals,
  kRefusals,
  kKicks,
  kStops,
  kCount,
};

class Verdict {
 public:
  void Fail(const std::string& what);
  void Count(Tally tally, uint64_t n = 1) {
    tallies_[static_cast<size_t>(tally)].fetch_add(n, std::memory_order_relaxed);
  }
  uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }
  // "frames 123, plays 4, ..."
  std::string Summary() const;

 private:
  static constexpr uint64_t kShown = 20;  // the first ones tell more than thousands that follow from them

  std::array<std::atomic<uint64_t>, static_cast<size_t>(Tally::kCount)> tallies_{};
  std::atomic<uint64_t> failures_{0};
  std::mutex mutex_;  // one line at a time
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_VERDICT_H_
