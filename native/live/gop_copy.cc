#include "live/gop_copy.h"

#include <algorithm>

#include "live/chunk_payload.h"
#include "log/segment_holder.h"

namespace weir {
namespace {

bool CopyEntry(const Segment& segment, uint32_t i, uint64_t end, RtmpLog& from, FormatLog& to) {
  const Entry& entry = segment.entry(i);
  auto headers = from.HeadersAt(entry.offset);
  if (!headers) return false;
  if (entry.is(Entry::kControl)) return true;
  Buffer bytes(end - entry.offset);
  if (bytes.size() < rtmp::kLogHeaderSize || !segment.Read(entry.offset, bytes.data(), bytes.size())) return false;
  uint8_t type = TypeOfEntry(bytes);
  ByteView payload = Unchunk(bytes, headers->chunk_size);
  return to.Write({entry.track(), type, payload, entry.is(Entry::kKey), entry.dts}, *headers, entry.is(Entry::kRebase));
}

}  // namespace

void CopyGop(RtmpLog& from, FormatLog& to) {
  if (from.log().newest_key() == StreamLog::kNone) return;
  SegmentHolder holder(from.log());
  Cursor cursor;
  holder.Enter(cursor, SegmentHolder::Where::kNewestKey);
  do {
    const Segment* segment = cursor.segment;
    if (segment == nullptr) break;
    uint32_t count = segment->count();
    for (uint32_t i = segment->IndexAt(cursor.offset); i < count; ++i) {
      uint64_t end = i + 1 < count ? segment->entry(i + 1).offset : std::min(segment->end(), from.log().tail());
      if (!CopyEntry(*segment, i, end, from, to)) break;
      cursor.offset = end;
    }
  } while (cursor.offset == cursor.segment->end() && holder.Advance(cursor));
  holder.Leave(cursor);
}

}  // namespace weir
