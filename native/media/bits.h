// Bits: reads single bits and Exp-Golomb codes from the front of a view, as video parameter sets need it.
// Lifetime: valid as long as the bytes. Thread rule: one thread at a time.
#ifndef WEIR_MEDIA_BITS_H_
#define WEIR_MEDIA_BITS_H_

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace weir {

// Past the end every bit is 0 and is_broken() stays true: a parser checks once, at its end.
class BitReader {
 public:
  explicit BitReader(ByteView bytes) : bytes_(bytes) {}

  // REQUIRES: count <= 32.
  uint32_t Bits(int count) {
    uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = (value << 1) | Bit();
    return value;
  }
  bool Flag() { return Bit() != 0; }
  void Skip(size_t count) {
    is_broken_ |= count > left();
    position_ += count;
  }
  // ue(v) and se(v) of H.264 and H.265, 9.1 and 9.2.
  uint32_t ExpGolomb() {
    int zeros = 0;
    while (Bit() == 0) {
      if (++zeros > 31 || is_broken_) {
        is_broken_ = true;
        return 0;
      }
    }
    return (uint32_t{1} << zeros) - 1 + Bits(zeros);
  }
  int64_t SignedExpGolomb() {
    const int64_t code = ExpGolomb();
    return code % 2 == 0 ? -(code / 2) : code / 2 + 1;
  }

  size_t left() const { return position_ < bytes_.size() * 8 ? bytes_.size() * 8 - position_ : 0; }
  size_t position() const { return position_; }
  bool is_broken() const { return is_broken_; }

 private:
  uint32_t Bit() {
    if (left() == 0) {
      is_broken_ = true;
      return 0;
    }
    const uint32_t bit = (bytes_[position_ / 8] >> (7 - position_ % 8)) & 1;
    ++position_;
    return bit;
  }

  ByteView bytes_;
  size_t position_ = 0;
  bool is_broken_ = false;
};

}  // namespace weir

#endif  // WEIR_MEDIA_BITS_H_
