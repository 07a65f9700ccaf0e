// Cursor: a reader's place in a log. `stop` is where it must not read on without a word from its owner (a rebase, the
// end of the entry in flight before a jump or before private bytes). Lifetime: part of its player; placed only through
// a SegmentHolder. Thread rule: its reactor.
#ifndef WEIR_LOG_CURSOR_H_
#define WEIR_LOG_CURSOR_H_

#include <cstdint>

namespace weir {

class Segment;

struct Cursor {
  static constexpr uint64_t kNoStop = UINT64_MAX;

  uint64_t offset = 0;
  uint64_t stop = kNoStop;
  Segment* segment = nullptr;  // null: not placed, or placed in a log that has no segment yet
  uint32_t rebases = 0;        // how many of the log's rebase entries it has dealt with
  bool placed = false;
  bool pinned = false;
};

}  // namespace weir

#endif  // WEIR_LOG_CURSOR_H_
