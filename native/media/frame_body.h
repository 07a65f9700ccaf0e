// The coded frame or decoder configuration inside a message: codec by one name, composition time, bytes.
// Lifetime: views the message. Thread rule: pure functions, no allocation (called once for every frame of a container).
#ifndef WEIR_MEDIA_FRAME_BODY_H_
#define WEIR_MEDIA_FRAME_BODY_H_

#include <cstdint>

#include "base/bytes.h"
#include "media/frame.h"

namespace weir {

// One codec, whatever its number in the legacy header, in the id-12 dialect, or its FourCC.
enum class Codec : uint8_t { kOther, kAvc, kHevc, kAv1, kAac, kMp3, kOpus };

[[nodiscard]] Codec CodecOf(const FrameInfo& info);

struct FrameBody {
  Codec codec = Codec::kOther;
  int32_t composition_time = 0;  // milliseconds, may be negative
  ByteView data;
};
// False when the composition time is cut off.
[[nodiscard]] bool ReadFrameBody(const FrameInfo& info, FrameBody& body);

}  // namespace weir

#endif  // WEIR_MEDIA_FRAME_BODY_H_
