// Any messages at any times: every fragment is whole, its samples fill its data, and an init segment stands before it.
#include "proto/fmp4/muxer.h"

#include <cstdlib>

#include "test/native/support/boxes.h"

namespace {

// A record of the input, as in ts_muxer.cc: what to do, the time's step, the size of the message that follows.
constexpr size_t kRecordHeader = 4;
constexpr uint8_t kFlush = 1;
constexpr uint8_t kForget = 4;
constexpr uint8_t kIsVideo = 8;
constexpr uint8_t kLeap = 16;

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckFragment(const weir::fmp4::Muxer& muxer, const weir::fmp4::Written& written, const weir::Buffer& out) {
  Check(written.has_fragment == !out.empty());
  if (out.empty()) return;
  weir::test::ReadFragment fragment;
  Check(weir::test::FragmentReader(out).Read(fragment));
  Check(written.has_video == !fragment.video.samples.empty());
  Check(written.init_version == muxer.init_version());
  const int tracks = (fragment.video.samples.empty() ? 0 : 1) + (fragment.audio.samples.empty() ? 0 : 1);
  Check(tracks > 0);
  Check(!weir::test::Child(weir::test::Child(muxer.init(), "moov"), "trak", tracks - 1).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::fmp4::Muxer muxer(200);
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
    if ((what & kFlush) != 0) CheckFragment(muxer, muxer.Flush(out), out);
    out.clear();
    if ((what & kForget) != 0) muxer.Forget();
    const weir::fmp4::Written written = muxer.Write((what & kIsVideo) != 0 ? 9 : 8, payload, dts, out);
    CheckFragment(muxer, written, out);
  }
  return 0;
}
