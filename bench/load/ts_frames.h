// TsFrames: what the PES of a transport stream carry, turned into FLV-shaped messages: Annex B into length-prefixed NAL
// units without delimiter and parameter sets in front, ADTS into its AAC frames. A frame that was stamped before it was
// muxed still has its stamp and its hash. Lifetime: its reader's. Thread rule: one thread. Sans-IO.
#ifndef WEIR_BENCH_LOAD_TS_FRAMES_H_
#define WEIR_BENCH_LOAD_TS_FRAMES_H_

#include <cstdint>

#include "base/bytes.h"
#include "bench/load/media_sink.h"
#include "proto/ts/format.h"

namespace weir::load {

struct PesTimes {
  ts::Ticks pts = 0;
  ts::Ticks dts = 0;
};

// From a PES header (H.222.0 2.4.3.7) with its optional fields. False: it has no time.
bool ReadPesTimes(ByteView header, PesTimes& times);

class TsFrames {
 public:
  // Hands every frame of the payload on. False: it is malformed, problem() says how.
  [[nodiscard]] bool Convert(uint8_t stream_type, const PesTimes& times, ByteView payload, MediaSink& sink);

  const char* problem() const { return problem_; }

 private:
  bool ConvertVideo(bool is_hevc, const PesTimes& times, ByteView payload, MediaSink& sink);
  bool ConvertAdts(const PesTimes& times, ByteView payload, MediaSink& sink);
  void Tell(uint8_t type, ts::Ticks time, MediaSink& sink);
  uint32_t Unwrap(ts::Ticks time);
  bool Break(const char* problem);

  Buffer message_;
  bool has_clock_ = false;
  ts::Ticks clock_ = 0;  // the newest time, beyond 33 bits
  const char* problem_ = "";
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_TS_FRAMES_H_
