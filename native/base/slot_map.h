// SlotMap: values under numbers that are never mistaken for one another: slot + generation in 53 bits, so that a
// JavaScript number holds it. A number that is stale, or was never given, finds nothing. Numbers begin at 1.
// Lifetime: owns its values; their addresses stay. Thread rule: one thread at a time.
#ifndef WEIR_BASE_SLOT_MAP_H_
#define WEIR_BASE_SLOT_MAP_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace weir {

template <class T>
class SlotMap {
 public:
  uint64_t Add(T value) {
    uint32_t number = first_free_;
    if (number == kNoSlot) {
      slots_.emplace_back();
      number = static_cast<uint32_t>(slots_.size());
    } else {
      first_free_ = slots_[number - 1].next_free;
    }
    Slot& slot = slots_[number - 1];
    slot.value = std::move(value);
    slot.is_taken = 1;
    ++size_;
    return (uint64_t{slot.generation} << kSlotBits) | number;
  }

  T* Find(uint64_t id) {
    Slot* slot = At(id);
    return slot == nullptr ? nullptr : &slot->value;
  }
  const T* Find(uint64_t id) const { return const_cast<SlotMap*>(this)->Find(id); }

  bool Remove(uint64_t id) {
    Slot* slot = At(id);
    if (slot == nullptr) return false;
    slot->value = T{};
    slot->is_taken = 0;
    slot->generation = (slot->generation + 1) % kGenerations;
    slot->next_free = first_free_;
    first_free_ = static_cast<uint32_t>(id & kSlotMask);
    --size_;
    return true;
  }

  size_t size() const { return size_; }

  template <class Visit>
  void ForEach(Visit visit) const {
    for (const Slot& slot : slots_) {
      if (slot.is_taken != 0) visit(slot.value);
    }
  }

 private:
  static constexpr int kSlotBits = 24;
  static constexpr uint64_t kSlotMask = (1u << kSlotBits) - 1;
  static constexpr uint32_t kGenerations = 1u << 28;
  static constexpr uint32_t kNoSlot = 0;

  // A deque has no spare half as a vector has: of connections there are many.
  struct Slot {
    T value{};
    uint32_t generation : 28 = 0;
    uint32_t is_taken : 1 = 0;
    uint32_t next_free = kNoSlot;
  };

  Slot* At(uint64_t id) {
    uint64_t number = id & kSlotMask;
    if (number == kNoSlot || number > slots_.size()) return nullptr;
    Slot& slot = slots_[number - 1];
    return slot.is_taken != 0 && slot.generation == id >> kSlotBits ? &slot : nullptr;
  }

  std::deque<Slot> slots_;
  uint32_t first_free_ = kNoSlot;
  size_t size_ = 0;
};

}  // namespace weir

#endif  // WEIR_BASE_SLOT_MAP_H_
