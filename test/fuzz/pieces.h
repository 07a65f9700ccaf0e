// Cuts a fuzz input into pieces by bytes of the input itself, so that every split point is explored; each piece lies in
// memory of its own, so that ASan sees a view that outlives it or a read beyond it. Lifetime: a piece lives during its
// call. Thread rule: pure functions.
#ifndef WEIR_TEST_FUZZ_PIECES_H_
#define WEIR_TEST_FUZZ_PIECES_H_

#include <algorithm>

#include "base/bytes.h"

namespace weir::fuzz {

// The first byte chooses: below 128 the whole rest is one piece (recorded sessions are kept so), else pieces of sizes
// that the bytes at the input's end tell. Ends when `feed` returns false.
template <class F>
void ForEachPiece(ByteView input, F feed) {
  if (input.empty()) return;
  const bool is_cut = input[0] >= 128;
  ByteView rest = input.subspan(1);
  size_t hint = input.size();
  while (!rest.empty()) {
    size_t size = rest.size();
    if (is_cut) {
      hint = hint > 1 ? hint - 1 : input.size() - 1;
      size = std::min<size_t>(rest.size(), input[hint] + size_t{1});
    }
    const Buffer piece(rest.begin(), rest.begin() + size);
    rest = rest.subspan(size);
    if (!feed(ByteView(piece))) return;
  }
}

}  // namespace weir::fuzz

#endif  // WEIR_TEST_FUZZ_PIECES_H_
