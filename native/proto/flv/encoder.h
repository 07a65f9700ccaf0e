// What stands before and behind a payload in the `flv` and `ws-flv` logs; the payload itself is never copied here.
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_PROTO_FLV_ENCODER_H_
#define WEIR_PROTO_FLV_ENCODER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "media/flv_tag.h"
#include "proto/ws/frame_writer.h"

namespace weir::flv {

// One log entry is head, payload, tail. Over WebSocket it is one binary frame, so that a player may join at any entry.
class TagFrame {
 public:
  ByteView head() const { return {head_.data(), head_size_}; }
  ByteView tail() const { return tail_; }

 private:
  friend TagFrame MakeTag(uint8_t type, uint32_t payload_size, uint32_t timestamp_ms);
  friend TagFrame MakeWsTag(uint8_t type, uint32_t payload_size, uint32_t timestamp_ms);

  void WriteTag(uint8_t type, uint32_t payload_size, uint32_t timestamp_ms);

  std::array<uint8_t, ws::kMaxFrameHeader + kTagHeaderSize> head_;
  uint8_t head_size_ = 0;
  std::array<uint8_t, kBackPointerSize> tail_;
};

// REQUIRES: payload_size <= kMaxBody.
TagFrame MakeTag(uint8_t type, uint32_t payload_size, uint32_t timestamp_ms);
TagFrame MakeWsTag(uint8_t type, uint32_t payload_size, uint32_t timestamp_ms);

// Of the whole entry.
constexpr size_t TagEntrySize(uint32_t payload_size) { return kTagHeaderSize + payload_size + kBackPointerSize; }
constexpr size_t WsTagEntrySize(uint32_t payload_size) {
  return ws::FrameHeaderSize(TagEntrySize(payload_size)) + TagEntrySize(payload_size);
}

// What a reader gets first: file header and first back pointer. Flags must tell the truth: players wait for every track
// that is flagged (wire-facts 4.2).
struct Tracks {
  bool audio = false;
  bool video = false;
};
void AppendFileStart(Buffer& out, Tracks tracks);
void AppendWsFileStart(Buffer& out, Tracks tracks);

// A whole tag, for what a reader gets before the log: metadata and sequence headers.
void AppendTag(Buffer& out, uint8_t type, uint32_t timestamp_ms, ByteView payload);
void AppendWsTag(Buffer& out, uint8_t type, uint32_t timestamp_ms, ByteView payload);

}  // namespace weir::flv

#endif  // WEIR_PROTO_FLV_ENCODER_H_
