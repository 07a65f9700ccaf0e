// HeldRange: a slice of a log that is kept for later (an HLS fragment, a part): its bytes stay, whatever the log trims.
// It may span several segments. Lifetime: a value that shares the segments; their memory is charged to the log until
// the last copy goes. Thread rule: plain value; what it names never changes.
#ifndef WEIR_LOG_HELD_RANGE_H_
#define WEIR_LOG_HELD_RANGE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "log/segment.h"

namespace weir {

struct HeldRange {
  struct Piece {
    std::shared_ptr<const Segment> segment;
    // Offsets in the log, from <= to; all of it was published before.
    uint64_t from;
    uint64_t to;
  };

  std::vector<Piece> pieces;  // in the order of the log

  uint64_t size() const {
    uint64_t bytes = 0;
    for (const Piece& piece : pieces) bytes += piece.to - piece.from;
    return bytes;
  }
};

}  // namespace weir

#endif  // WEIR_LOG_HELD_RANGE_H_
