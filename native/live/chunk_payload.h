// Takes messages out of the rtmp log again. Lifetime: none. Thread rule: pure functions.
#ifndef WEIR_LIVE_CHUNK_PAYLOAD_H_
#define WEIR_LIVE_CHUNK_PAYLOAD_H_

#include <algorithm>
#include <cstring>
#include <span>

#include "base/bytes.h"
#include "proto/rtmp/chunk_writer.h"

namespace weir {

// Of the message in an entry.
inline uint8_t TypeOfEntry(ByteView entry) { return entry[7]; }

// Takes the chunk headers out of an entry of the rtmp log, in place. The payload is what is left at the begin.
// REQUIRES: entry.size() >= rtmp::kLogHeaderSize.
inline ByteView Unchunk(std::span<uint8_t> entry, uint32_t chunk_size) {
  uint32_t length = LoadBe24(entry.data() + 4);
  size_t from = rtmp::kLogHeaderSize;
  size_t to = 0;
  while (to < length && from < entry.size()) {
    size_t piece = std::min<size_t>({chunk_size, length - to, entry.size() - from});
    memmove(entry.data() + to, entry.data() + from, piece);
    to += piece;
    from += piece + 1;  // the type-3 header between two pieces
  }
  return ByteView(entry).first(to);
}

}  // namespace weir

#endif  // WEIR_LIVE_CHUNK_PAYLOAD_H_
