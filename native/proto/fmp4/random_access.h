// RandomAccess: where in a file of fragments its key frames are (mfra), and how long it is: what is written when the
// last fragment is. Lifetime: its file's. Thread rule: one thread at a time. Sans-IO.
#ifndef WEIR_PROTO_FMP4_RANDOM_ACCESS_H_
#define WEIR_PROTO_FMP4_RANDOM_ACCESS_H_

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace weir::fmp4 {

class RandomAccess {
 public:
  // A fragment of video that begins with a key frame, and where its moof lies.
  void Note(int64_t millis, uint64_t position) { entries_.push_back({millis, position}); }
  // Those behind did not come into the file.
  void Cut(uint64_t file_size);
  // Nothing where there are no key frames.
  void Append(Buffer& out) const;

 private:
  struct Entry {
    int64_t millis;
    uint64_t position;
  };

  std::vector<Entry> entries_;
};

// Where in an init segment the duration of the movie stands, 4 bytes in milliseconds; 0: nowhere.
size_t DurationOffset(ByteView init);

// What lies at the top of a file.
struct TopBox {
  uint32_t type = 0;
  uint64_t size = 0;  // with its header of 8 bytes
};
inline constexpr size_t kBoxHeader = 8;
// REQUIRES: kBoxHeader bytes. False: it is no box of ours.
[[nodiscard]] bool ReadTopBox(const uint8_t* in, TopBox& box);

}  // namespace weir::fmp4

#endif  // WEIR_PROTO_FMP4_RANDOM_ACCESS_H_
