// Fragment: samples of both tracks, collected until they are written as one moof and mdat.
// Lifetime: its muxer's. Thread rule: one thread at a time. Allocates only until its buffers have grown.
#ifndef WEIR_PROTO_FMP4_FRAGMENT_H_
#define WEIR_PROTO_FMP4_FRAGMENT_H_

#include <vector>

#include "base/bytes.h"

namespace weir::fmp4 {

struct Sample {
  uint32_t size = 0;
  uint32_t duration = 0;  // in the track's time scale, as all times here
  int32_t composition_offset = 0;
  bool is_key = true;
};

// The samples of one track.
struct Run {
  int64_t start = 0;  // decoding time of the first
  std::vector<Sample> samples;
  Buffer data;

  bool empty() const { return samples.empty(); }
  void Clear() {
    samples.clear();
    data.clear();
  }
};

struct Fragment {
  Run video;
  Run audio;

  bool empty() const { return video.empty() && audio.empty(); }
  size_t bytes() const { return video.data.size() + audio.data.size(); }
  void Clear() {
    video.Clear();
    audio.Clear();
  }
};

// REQUIRES: !fragment.empty().
void AppendFragment(Buffer& out, const Fragment& fragment, uint32_t sequence);

}  // namespace weir::fmp4

#endif  // WEIR_PROTO_FMP4_FRAGMENT_H_
