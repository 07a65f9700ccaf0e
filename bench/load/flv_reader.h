// FlvReader: reads an FLV stream strictly, as a proof and not as a player would: the file header, reserved fields that
// are 0, and behind each tag the pointer back to its begin (Adobe FLV 10.1, annex E). Sans-IO, resumable at any byte.
// Lifetime: the tag's body is valid until the next call, or until the memory of `in` goes. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_FLV_READER_H_
#define WEIR_BENCH_LOAD_FLV_READER_H_

#include <cstdint>

#include "base/bytes.h"

namespace weir::load {

class FlvReader {
 public:
  enum class Step { kTag, kMore, kBroken };

  // Consumes from the front of `in`. kTag: type(), timestamp() and body(). kMore: all of `in` is consumed. kBroken: for
  // good.
  [[nodiscard]] Step Next(ByteView& in);

  uint8_t type() const { return type_; }
  uint32_t timestamp() const { return timestamp_; }
  ByteView body() const { return body_; }
  const char* problem() const { return problem_; }

 private:
  enum class State : uint8_t { kFileHeader, kTagHeader, kBody, kBackPointer, kBroken };

  bool Take(ByteView& in, size_t size);
  bool OpenTag();
  Step Break(const char* problem);

  State state_ = State::kFileHeader;
  uint8_t type_ = 0;
  uint32_t timestamp_ = 0;
  uint32_t size_ = 0;  // of the body
  Buffer held_;        // what is not whole yet
  ByteView taken_;     // what Take has made whole
  ByteView body_;
  const char* problem_ = "";
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_FLV_READER_H_
