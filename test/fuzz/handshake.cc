// The server's handshake, cut into pieces by the input: never more than the answer, and what is left over is left over.
#include "proto/rtmp/handshake.h"

#include <algorithm>
#include <cstdlib>

#include "test/fuzz/pieces.h"

namespace {

void FillZero(uint8_t* out, size_t size) { std::fill_n(out, size, uint8_t{0}); }

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using weir::rtmp::HandshakeStep;
  weir::rtmp::ServerHandshake server(FillZero, 0);
  weir::Buffer out;
  size_t consumed = 0;
  weir::fuzz::ForEachPiece({data, size}, [&](weir::ByteView in) {
    const size_t before = in.size();
    const HandshakeStep step = server.Next(in, out);
    consumed += before - in.size();
    Check(step != HandshakeStep::kMore || in.empty());
    Check(out.empty() || out.size() == 1 + 2 * weir::rtmp::kHandshakeSize);
    return step == HandshakeStep::kMore;
  });
  Check(consumed <= 1 + 2 * weir::rtmp::kHandshakeSize);

  weir::rtmp::ClientHandshake client(FillZero, 0, size % 2 == 0);
  out.clear();
  client.Start(out);
  weir::fuzz::ForEachPiece({data, size},
                           [&](weir::ByteView in) { return client.Next(in, out) == HandshakeStep::kMore; });
  return 0;
}
