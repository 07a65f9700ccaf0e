// Entries of a test's log: bytes that tell where they stand in it, and how many segments are open.
// Lifetime: values. Thread rule: pure functions, but OpenSegments (looks at the whole process).
#ifndef WEIR_TEST_NATIVE_LOG_ENTRIES_H_
#define WEIR_TEST_NATIVE_LOG_ENTRIES_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "log/segment_holder.h"
#include "log/stream_log.h"

namespace weir::test {

// The byte that belongs at an offset: a reader sees at once when it got bytes of another place.
inline uint8_t ByteAt(uint64_t offset) { return static_cast<uint8_t>((offset * 2654435761u) >> 13); }

inline Entry MakeEntry(int64_t dts, int flags = 0) {
  Entry entry;
  entry.dts = dts;
  entry.flags = static_cast<uint16_t>(flags);
  return entry;
}

// One entry of `size` bytes, cut into two parts as frames are.
inline bool AppendSized(StreamLog& log, size_t size, Entry entry) {
  Buffer bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = ByteAt(log.tail() + i);
  size_t head = std::min<size_t>(8, size);
  iovec parts[] = {{bytes.data(), head}, {bytes.data() + head, size - head}};
  return log.Append(parts, size, entry);
}

// What a cursor's segment holds between two offsets is what belongs there.
inline bool HoldsItsBytes(const Segment& segment, uint64_t from, uint64_t to) {
  Buffer bytes(to - from);
  if (!segment.Read(from, bytes.data(), bytes.size())) return false;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != ByteAt(from + i)) return false;
  }
  return true;
}

// Reads on to the tail. The number of bytes read, or -1 at a gap or a wrong byte.
inline int64_t ReadOn(const StreamLog& log, SegmentHolder& holder, Cursor& cursor) {
  uint64_t begin = cursor.offset;
  while (cursor.offset < log.tail()) {
    if (cursor.segment == nullptr || cursor.offset == cursor.segment->end()) {
      if (!holder.Advance(cursor)) break;
      continue;
    }
    const Segment& segment = *cursor.segment;
    uint64_t to = std::min(log.tail(), segment.end());
    if (cursor.offset < segment.base() || !HoldsItsBytes(segment, cursor.offset, to)) return -1;
    cursor.offset = to;
  }
  return static_cast<int64_t>(cursor.offset - begin);
}

// How many segments this process keeps open, whoever holds them.
inline int OpenSegments() {
  int count = 0;
  for (const auto& link : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    std::string target = std::filesystem::read_symlink(link.path(), gone).string();
    count += target.find("memfd:weir-log") != std::string::npos ? 1 : 0;
  }
  return count;
}

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LOG_ENTRIES_H_
