// NAL units of H.264 and H.265 as FLV and MP4 carry them: each behind its length; and the bytes of one without the
// escapes. Lifetime: views into the sample. Thread rule: one thread at a time.
#ifndef WEIR_MEDIA_NAL_H_
#define WEIR_MEDIA_NAL_H_

#include <cstddef>

#include "base/bytes.h"

namespace weir {

class NalReader {
 public:
  // REQUIRES: 1 <= length_size <= 4.
  NalReader(ByteView sample, int length_size) : rest_(sample), length_size_(static_cast<size_t>(length_size)) {}

  // False at the end. Empty units are passed over: DJI sends them.
  [[nodiscard]] bool Next(ByteView& nal) {
    while (rest_.size() >= length_size_) {
      size_t size = 0;
      for (size_t i = 0; i < length_size_; ++i) size = (size << 8) | rest_[i];
      rest_ = rest_.subspan(length_size_);
      if (size > rest_.size()) break;
      nal = rest_.first(size);
      rest_ = rest_.subspan(size);
      if (size != 0) return true;
    }
    is_broken_ = !rest_.empty();
    return false;
  }
  // After the end: the last length did not fit, or bytes were left over.
  bool is_broken() const { return is_broken_; }

 private:
  ByteView rest_;
  const size_t length_size_;
  bool is_broken_ = false;
};

// Copies a NAL unit's bytes without the 03 of 00 00 03 (H.264 7.4.1), as many as fit; returns their number.
inline size_t Unescape(ByteView nal, std::span<uint8_t> out) {
  size_t size = 0;
  int zeros = 0;
  for (const uint8_t byte : nal) {
    if (size == out.size()) break;
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out[size++] = byte;
  }
  return size;
}

}  // namespace weir

#endif  // WEIR_MEDIA_NAL_H_
