// CodecFacts: what the decoder configurations of a stream say of it: codecs as RFC 6381 names them, size of the
// pictures. Lifetime: part of its writer. Thread rule: written by the stream's home reactor when a configuration
// changes, read on any thread.
#ifndef WEIR_LIVE_CODEC_FACTS_H_
#define WEIR_LIVE_CODEC_FACTS_H_

#include <cstdint>
#include <mutex>
#include <string>

#include "media/frame.h"

namespace weir {

class CodecFacts {
 public:
  struct Values {
    std::string video;  // empty: not known
    std::string audio;
    uint32_t width = 0;
    uint32_t height = 0;
  };

  void Clear();
  // What can't be read is not known.
  void Take(const FrameInfo& header);
  [[nodiscard]] Values values() const;

 private:
  mutable std::mutex mutex_;
  Values values_;
};

}  // namespace weir

#endif  // WEIR_LIVE_CODEC_FACTS_H_
