// FragmentCheck: proves the fragments that one HLS viewer fetches: each is whole for itself, and together they are one
// stream. Transport streams are parsed to their frames, of fragmented MP4 the boxes are counted. Lifetime: one per
// sampled viewer. Thread rule: one thread. Sans-IO.
#ifndef WEIR_BENCH_LOAD_FRAGMENT_CHECK_H_
#define WEIR_BENCH_LOAD_FRAGMENT_CHECK_H_

#include <string>

#include "bench/load/box_reader.h"
#include "bench/load/stream_check.h"
#include "bench/load/ts_reader.h"

namespace weir::load {

class FragmentCheck : private MediaSink {
 public:
  // A fragment begins. `is_new`: it has nothing to do with the one before.
  void Begin(bool is_new);
  // Its bytes, as they come. `latency_from`: as StreamCheck has it.
  void Read(ByteView in, Micros now, Micros latency_from, CheckTotals& totals);
  // It has arrived. False, with what is wrong in problem(): it is not whole.
  bool End(Micros now, Micros latency_from, CheckTotals& totals);

  const std::string& problem() const { return problem_; }

 private:
  enum class Format : uint8_t { kUnknown, kTs, kFmp4 };

  void OnMedia(const rtmp::Message& message) override;
  void OnContinuityFault() override;
  void Notice(bool is_good);

  Format format_ = Format::kUnknown;
  TsReader ts_;
  BoxReader boxes_;
  StreamCheck stream_;
  bool is_first_ = true;
  std::string problem_;
  // Of the call that is being handled.
  Micros now_ = 0;
  Micros latency_from_ = 0;
  CheckTotals* totals_ = nullptr;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_FRAGMENT_CHECK_H_
