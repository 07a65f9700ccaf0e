#include "live/handles.h"

namespace weir {

uint64_t Handles::Allocate() {
  std::lock_guard lock(mutex_);
  return places_.Add({});
}

void Handles::Put(uint64_t handle, Place place) {
  std::lock_guard lock(mutex_);
  if (Place* known = places_.Find(handle)) *known = place;
}

Handles::Place Handles::Find(uint64_t handle) const {
  std::lock_guard lock(mutex_);
  const Place* place = places_.Find(handle);
  return place == nullptr ? Place{} : *place;
}

std::vector<Connection*> Handles::On(const Shard& shard) const {
  std::lock_guard lock(mutex_);
  std::vector<Connection*> found;
  places_.ForEach([&](const Place& place) {
    if (place.shard == &shard && place.connection != nullptr) found.push_back(place.connection);
  });
  return found;
}

void Handles::Free(uint64_t handle) {
  std::lock_guard lock(mutex_);
  places_.Remove(handle);
}

}  // namespace weir
