// Reads an rtmp log the way a player gets it: prelude, entries, a new prelude at each rebase; through a chunk reader.
// Shows "9 6/1 @40 2701..." a line (test/native/proto/chunks.h). Lifetime: of a test. Thread rule: one thread.
#ifndef WEIR_TEST_NATIVE_LIVE_LOG_READER_H_
#define WEIR_TEST_NATIVE_LIVE_LOG_READER_H_

#include <string>
#include <utility>

#include "live/format_log.h"
#include "live/rtmp_prelude.h"
#include "log/segment_holder.h"
#include "test/native/proto/chunks.h"

namespace weir::test {

class LogReader {
 public:
  using Where = SegmentHolder::Where;

  explicit LogReader(FormatLog& format, Where where = Where::kNewestKey) : format_(format), holder_(format.log()) {
    holder_.Enter(cursor_, where);
    reader_.set_limits({.max_message = rtmp::kMaxMessageSize});
  }
  ~LogReader() { holder_.Leave(cursor_); }

  // What has come since the last call.
  std::string Read() {
    std::string text;
    while (const Entry* entry = Next()) {
      if (needs_prelude_ || entry->is(Entry::kRebase)) text += Prelude(*entry);
      needs_prelude_ = false;
      text += Feed(Take(*entry));
    }
    return text;
  }
  // The bytes of the next entry, header and all.
  Buffer ReadRaw() {
    const Entry* entry = Next();
    return entry == nullptr ? Buffer() : Take(*entry);
  }
  int rebases() const { return rebases_; }

 private:
  const Entry* Next() {
    while (cursor_.offset < format_.log().tail()) {
      if (cursor_.segment == nullptr || cursor_.offset == cursor_.segment->end()) {
        if (!holder_.Advance(cursor_)) return nullptr;
        continue;
      }
      return &cursor_.segment->entry(cursor_.segment->IndexAt(cursor_.offset));
    }
    return nullptr;
  }
  Buffer Take(const Entry& entry) {
    const Segment& segment = *cursor_.segment;
    uint32_t next = segment.IndexAt(entry.offset) + 1;
    uint64_t end = std::min(segment.end(), format_.log().tail());
    if (next < segment.count()) end = segment.entry(next).offset;
    Buffer bytes(end - entry.offset);
    EXPECT_TRUE(segment.Read(entry.offset, bytes.data(), bytes.size()));
    cursor_.offset = end;
    if (entry.is(Entry::kRebase)) ++rebases_;
    return bytes;
  }
  std::string Prelude(const Entry& entry) {
    auto headers = format_.HeadersAt(entry.offset);
    Buffer out;
    RtmpPrelude prelude{1, chunk_size_, {true, true, true}};
    AppendRtmpPrelude(out, *headers, entry, clock_, prelude);
    chunk_size_ = prelude.chunk_size;
    return Feed(out);
  }
  std::string Feed(const Buffer& bytes) {
    std::string text;
    ByteView in(bytes);
    rtmp::ChunkReader::Step step;
    while ((step = reader_.Next(in)) == rtmp::ChunkReader::Step::kMessage) text += Show(reader_.message());
    EXPECT_EQ(step, rtmp::ChunkReader::Step::kMore);
    return text;
  }

  FormatLog& format_;
  SegmentHolder holder_;
  Cursor cursor_;
  RtmpClock clock_;
  rtmp::ChunkReader reader_;
  uint32_t chunk_size_ = rtmp::kDefaultChunkSize;
  bool needs_prelude_ = true;
  int rebases_ = 0;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_LOG_READER_H_
