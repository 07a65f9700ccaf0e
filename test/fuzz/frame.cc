// Any bytes as audio, video or data: at most one meaning, and nothing of worth in a message that is cut off.
#include "media/frame.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr uint8_t kTypes[] = {8, 9, 15, 18};
  const weir::Buffer payload(data + 1, data + size);
  const weir::FrameInfo info = weir::ClassifyFrame(kTypes[data[0] % 4], payload);
  const int meanings = info.is_key + info.is_header + info.is_sequence_end + info.is_metadata_packet + info.is_command;
  if (meanings > 1) std::abort();
  if ((info.is_broken || info.is_empty) && meanings != 0) std::abort();
  if (info.is_empty != payload.empty()) std::abort();
  return 0;
}
