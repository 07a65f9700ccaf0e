#include "live/flv_log.h"

#include "proto/flv/encoder.h"

namespace weir {
namespace {

iovec Part(ByteView bytes) { return {const_cast<uint8_t*>(bytes.data()), bytes.size()}; }

}  // namespace

bool FlvLog::Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) {
  uint32_t size = static_cast<uint32_t>(frame.payload.size());
  uint32_t time = static_cast<uint32_t>(frame.dts);  // 32 bits in a tag: wraps after 49 days
  flv::TagFrame tag = over_websocket_ ? flv::MakeWsTag(frame.type, size, time) : flv::MakeTag(frame.type, size, time);
  bool rebase = changed || wants_rebase_;
  if (rebase) KeepHeaders(headers);
  Entry entry;
  entry.dts = frame.dts;
  entry.flags = static_cast<uint16_t>(frame.track | (frame.is_key ? Entry::kKey : 0) | (rebase ? Entry::kRebase : 0));
  iovec parts[] = {Part(tag.head()), Part(frame.payload), Part(tag.tail())};
  wants_rebase_ = !log().Append(parts, tag.head().size() + size + tag.tail().size(), entry);
  return !wants_rebase_;
}

}  // namespace weir
