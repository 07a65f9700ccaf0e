#include "live/handles.h"

namespace weir {

uint64_t Handles::Allocate() {
  std::lock_guard lock(mutex_);
  uint32_t index = first_free_;
  if (index == kNoSlot) {
    index = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    first_free_ = slots_[index].next_free;
  }
  return (uint64_t{slots_[index].generation} << kSlotBits) | index;
}

const Handles::Slot* Handles::At(uint64_t handle) const {
  uint64_t index = handle & ((1u << kSlotBits) - 1);
  if (index >= slots_.size()) return nullptr;
  const Slot& slot = slots_[index];
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

void Handles::Free(uint64_t handle) {
  std::lock_guard lock(mutex_);
  if (At(handle) == nullptr) return;
  uint32_t index = static_cast<uint32_t>(handle & ((1u << kSlotBits) - 1));
  Slot& slot = slots_[index];
  slot.place = {};
  slot.generation = slot.generation % (kGenerations - 1) + 1;
  slot.next_free = first_free_;
  first_free_ = index;
}

}  // namespace weir
