// Box: a box of the ISO base media format (ISO 14496-12) that ends where its scope ends: its size is filled in then.
// Lifetime: boxes nest as their scopes do; the buffer outlives them. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_FMP4_BOX_H_
#define WEIR_PROTO_FMP4_BOX_H_

#include <string_view>

#include "base/bytes.h"

namespace weir::fmp4 {

class Box {
 public:
  // `type` has four characters.
  Box(Buffer& out, std::string_view type) : out_(out), at_(out.size()) {
    AppendBe32(out, 0);
    Append(out, type);
  }
  // A FullBox: version and flags follow.
  Box(Buffer& out, std::string_view type, uint32_t version, uint32_t flags) : Box(out, type) {
    AppendBe32(out, version << 24 | flags);
  }
  ~Box() { StoreBe32(out_.data() + at_, static_cast<uint32_t>(out_.size() - at_)); }
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

 private:
  Buffer& out_;
  const size_t at_;
};

inline void AppendZeros(Buffer& out, size_t count) { out.insert(out.end(), count, uint8_t{0}); }

}  // namespace weir::fmp4

#endif  // WEIR_PROTO_FMP4_BOX_H_
