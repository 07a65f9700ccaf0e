#include "live/handles.h"

namespace weir {

uint64_t Handles::Allocate() {
  std::lock_guard lock(mutex_);
  uint32_t number = first_free_;
  if (number == kNoSlot) {
    slots_.emplace_back();
    number = static_cast<uint32_t>(slots_.size());
  } else {
    first_free_ = slots_[number - 1].next_free;
  }
  return (uint64_t{slots_[number - 1].generation} << kSlotBits) | number;
}

const Handles::Slot* Handles::At(uint64_t handle) const {
  uint64_t number = handle & ((1u << kSlotBits) - 1);
  if (number == kNoSlot || number > slots_.size()) return nullptr;
  const Slot& slot = slots_[number - 1];
  return slot.generation == handle >> kSlotBits ? &slot : nullptr;
}

void Handles::Put(uint64_t handle, Place place) {
  std::lock_guard lock(mutex_);
  if (const Slot* slot = At(handle)) const_cast<Slot*>(slot)->place = place;
}

Handles::Place Handles::Find(uint64_t handle) const {
  std::lock_guard lock(mutex_);
  const Slot* slot = At(handle);
  return slot == nullptr ? Place{} : slot->place;
}

std::vector<Connection*> Handles::On(const Shard& shard) const {
  std::lock_guard lock(mutex_);
  std::vector<Connection*> found;
  for (const Slot& slot : slots_) {
    if (slot.place.shard == &shard && slot.place.connection != nullptr) found.push_back(slot.place.connection);
  }
  return found;
}

void Handles::Free(uint64_t handle) {
  std::lock_guard lock(mutex_);
  if (At(handle) == nullptr) return;
  uint32_t number = static_cast<uint32_t>(handle & ((1u << kSlotBits) - 1));
  Slot& slot = slots_[number - 1];
  slot.place = {};
  slot.generation = (slot.generation + 1) % kGenerations;
  slot.next_free = first_free_;
  first_free_ = number;
}

}  // namespace weir
