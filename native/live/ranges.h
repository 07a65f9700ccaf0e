// Ranges: the numbers by which TypeScript names held slices of logs. Lifetime: the engine's; a slice stays until it is
// released here and no object of the store shares it. Thread rule: any thread.
#ifndef WEIR_LIVE_RANGES_H_
#define WEIR_LIVE_RANGES_H_

#include <memory>
#include <mutex>
#include <utility>

#include "base/slot_map.h"
#include "log/held_range.h"

namespace weir {

class Ranges {
 public:
  uint64_t Add(HeldRange range) {
    auto shared = std::make_shared<const HeldRange>(std::move(range));
    std::lock_guard lock(mutex_);
    return ranges_.Add(std::move(shared));
  }
  // Null: there is none of that number any more.
  std::shared_ptr<const HeldRange> Find(uint64_t id) const {
    std::lock_guard lock(mutex_);
    const auto* range = ranges_.Find(id);
    return range == nullptr ? nullptr : *range;
  }
  // False: it was gone already.
  bool Release(uint64_t id) {
    std::shared_ptr<const HeldRange> range = Find(id);  // freed outside of the lock: that may close files
    std::lock_guard lock(mutex_);
    return ranges_.Remove(id);
  }

 private:
  mutable std::mutex mutex_;
  SlotMap<std::shared_ptr<const HeldRange>> ranges_;
};

}  // namespace weir

#endif  // WEIR_LIVE_RANGES_H_
