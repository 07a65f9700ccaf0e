// A stamped stream as viewers over HTTP receive it, in every format, made with the encoders that weir serves with; and
// where what a reader finds in it is gathered. Lifetime: values. Thread rule: one thread at a time.
#ifndef WEIR_TEST_NATIVE_BENCH_VIEWER_STREAM_H_
#define WEIR_TEST_NATIVE_BENCH_VIEWER_STREAM_H_

#include <vector>

#include "bench/load/media_sink.h"
#include "bench/load/stream_check.h"
#include "bench/load/synthetic_source.h"
#include "proto/flv/encoder.h"
#include "proto/ts/muxer.h"

namespace weir::load {

// What a sampled viewer does with what its reader tells.
class CheckSink : public MediaSink {
 public:
  CheckSink() { check_.Restart(StreamClock::kStream); }

  void OnMedia(const rtmp::Message& message) override { check_.OnMedia(message, 0, 0, totals); }
  void OnContinuityFault() override { ++totals.continuity; }

  CheckTotals totals;

 private:
  StreamCheck check_;
};

// Calls `add` with the messages of so many milliseconds. The clock is not at 0: streams are old when they are joined.
template <class F>
void ForEachMessage(Millis length, F add) {
  constexpr Millis kAge = 3'600'000;
  SyntheticSource source(500'000);
  while (source.next_time() < length) {
    MediaMessage message = source.Next(1);
    add(message.type, kAge + message.time, message.payload);
  }
}

inline Buffer MakeFlv(Millis length) {
  Buffer out;
  flv::AppendFileStart(out, {.audio = true, .video = true});
  ForEachMessage(length, [&](uint8_t type, Millis time, ByteView payload) {
    flv::AppendTag(out, type, static_cast<uint32_t>(time), payload);
  });
  return out;
}

inline Buffer MakeWsFlv(Millis length) {
  Buffer out;
  flv::AppendWsFileStart(out, {.audio = true, .video = true});
  ForEachMessage(length, [&](uint8_t type, Millis time, ByteView payload) {
    flv::AppendWsTag(out, type, static_cast<uint32_t>(time), payload);
  });
  return out;
}

// Fragments that begin at key frames, two seconds each.
inline std::vector<Buffer> MakeFragments(Millis length) {
  std::vector<Buffer> fragments;
  ts::Muxer muxer;
  Buffer packets;
  auto take = [&](const ts::Written& written) {
    if (written.is_joinable) fragments.emplace_back();
    if (!fragments.empty()) Append(fragments.back(), packets);
    packets.clear();
  };
  ForEachMessage(length, [&](uint8_t type, Millis time, ByteView payload) {
    bool is_key = type == rtmp::kTypeVideo && payload[0] == 0x17 && payload[1] == 1;
    if (is_key) take(muxer.Flush(packets));
    take(muxer.Write(type, payload, time, packets));
  });
  return fragments;
}

inline Buffer Join(const std::vector<Buffer>& fragments) {
  Buffer out;
  for (const Buffer& fragment : fragments) Append(out, fragment);
  return out;
}

}  // namespace weir::load

#endif  // WEIR_TEST_NATIVE_BENCH_VIEWER_STREAM_H_
