#include "driver/verdict.h"

#include <cstdio>

namespace weir::driver {
namespace {

constexpr const char* kNames[] = {
    "frames",     "plays",   "publishes",      "republishes", "takeovers", "header changes",
    "time jumps", "pauses",  "track switches", "stalls",      "gaps",      "skips",
    "leavings",   "vandals", "refusals",       "kicks",       "stops",
};
static_assert(std::size(kNames) == static_cast<size_t>(Tally::kCount));

}  // namespace

void Verdict::Fail(const std::string& what) {
  if (failures_.fetch_add(1, std::memory_order_relaxed) >= kShown) return;
  std::lock_guard lock(mutex_);
  std::fprintf(stderr, "violation: %s\n", what.c_str());
}

std::string Verdict::Summary() const {
  std::string text;
  for (size_t i = 0; i < tallies_.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::string(kNames[i]) + " " + std::to_string(tallies_[i].load(std::memory_order_relaxed));
  }
  return text;
}

}  // namespace weir::driver
