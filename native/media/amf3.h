// The little of AMF3 that reaches an RTMP server: single values behind the AMF0 marker 0x11. Scalars and strings are
// read, arrays and plain objects are measured, so that the bytes behind them can be read on. Lifetime: views the bytes
// it was given. Thread rule: pure functions.
#ifndef WEIR_MEDIA_AMF3_H_
#define WEIR_MEDIA_AMF3_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/reason.h"

namespace weir::amf3 {

enum class Type : uint8_t { kUndefined, kNull, kBoolean, kNumber, kString, kOther };

struct Scalar {
  Type type = Type::kOther;
  double number = 0;           // also the boolean as 0 or 1
  std::string_view text = {};  // of a string
};

// Reads one value from the front of `in`. `values` is how many values it may hold and is counted down; `depth` how deep
// it may nest. Reference tables are not kept: a reference to a string or an object passes as kOther; references to
// traits fail as malformed.
[[nodiscard]] Reason Read(ByteReader& in, int depth, size_t& values, Scalar& scalar);

}  // namespace weir::amf3

#endif  // WEIR_MEDIA_AMF3_H_
