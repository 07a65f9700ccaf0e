// BoxReader: walks over the boxes of a fragment of fragmented MP4 (ISO 14496-12): they fill it exactly, and every moof
// has its mdat behind it. Looks at no content. Sans-IO, resumable at any byte. Lifetime: its check's. Thread rule: one
// thread.
#ifndef WEIR_BENCH_LOAD_BOX_READER_H_
#define WEIR_BENCH_LOAD_BOX_READER_H_

#include <cstdint>

#include "base/bytes.h"

namespace weir::load {

class BoxReader {
 public:
  // False for good: problem() says why.
  [[nodiscard]] bool Read(ByteView in);
  // The fragment ends here.
  [[nodiscard]] bool End();
  void Restart() { *this = BoxReader(); }

  const char* problem() const { return problem_; }

 private:
  bool OpenBox();
  bool Break(const char* problem);

  uint8_t head_[8];
  uint8_t head_size_ = 0;
  uint64_t left_ = 0;  // of the box
  bool wants_data_ = false;
  bool has_data_ = false;
  const char* problem_ = "";
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_BOX_READER_H_
