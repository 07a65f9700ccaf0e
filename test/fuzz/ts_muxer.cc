// Any messages at any times: what the muxer writes is always whole, valid packets whose counters go on.
#include "proto/ts/muxer.h"

#include <cstdlib>

#include "test/native/support/transport.h"

namespace {

// A record of the input: what to do, the time's step in milliseconds, the size of the message that follows.
constexpr size_t kRecordHeader = 4;
constexpr uint8_t kFlush = 1;
constexpr uint8_t kCut = 2;
constexpr uint8_t kForget = 4;
constexpr uint8_t kIsVideo = 8;
constexpr uint8_t kLeap = 16;  // the step is a hundred times as large

void Check(bool holds) {
  if (!holds) std::abort();
}

void Expect(const weir::ts::Written& written, const weir::Buffer& out) {
  Check(out.empty() == (written.kind == weir::FrameKind::kOther));
  Check(!written.is_joinable || written.has_tables);
  Check(!written.has_tables || (out[1] == 0x40 && out[2] == 0));
  Check(written.reason == weir::Reason::kNone || out.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::ts::Muxer muxer;
  weir::test::Transport transport;
  weir::ByteReader in(weir::ByteView(data, size));
  weir::ByteView header;
  int64_t dts = 0;
  while (in.Take(kRecordHeader, header)) {
    const uint8_t what = header[0];
    dts += static_cast<int8_t>(header[1]) * ((what & kLeap) != 0 ? 100 : 1);
    weir::ByteView body;
    if (!in.Take(std::min<size_t>(weir::LoadBe16(header.data() + 2), in.left()), body)) return 0;
    const weir::Buffer payload(body.begin(), body.end());  // alone on the heap: ASan sees a view that outlives it
    weir::Buffer out;
    if ((what & kFlush) != 0) Expect(muxer.Flush(out), out);
    transport.Read(out);
    out.clear();
    if ((what & kForget) != 0) muxer.Forget();
    if ((what & kCut) != 0) (what & kFlush) != 0 ? muxer.BeginFragment() : muxer.Cut();
    Expect(muxer.Write((what & kIsVideo) != 0 ? 9 : 8, payload, dts, out), out);
    transport.Read(out);
    Check(transport.faults.empty());
    transport.pes.clear();
  }
  return 0;
}
