// BodyReader: what the bytes behind a response's head are, by protocol: FLV tags, FLV inside WebSocket frames, or a
// transport stream. Lifetime: its client's. Thread rule: one thread. Sans-IO.
#ifndef WEIR_BENCH_LOAD_BODY_READER_H_
#define WEIR_BENCH_LOAD_BODY_READER_H_

#include <memory>
#include <string>

#include "base/bytes.h"
#include "bench/load/media_sink.h"
#include "bench/load/url.h"

namespace weir::load {

class BodyReader {
 public:
  virtual ~BodyReader() = default;

  // Takes all of `in`; what has to be answered is appended to `out`. False for good: problem() says why.
  [[nodiscard]] virtual bool Read(ByteView in, MediaSink& sink, Buffer& out) = 0;
  virtual std::string problem() const = 0;
};

// REQUIRES: a protocol whose stream is one response.
std::unique_ptr<BodyReader> MakeBodyReader(Protocol protocol);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_BODY_READER_H_
