// Cuts messages into chunks: whole private messages (always a type-0 header), and the small headers of log entries,
// whose pieces the log gathers itself. Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_PROTO_RTMP_CHUNK_WRITER_H_
#define WEIR_PROTO_RTMP_CHUNK_WRITER_H_

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "proto/rtmp/message.h"

namespace weir::rtmp {

// Appends the message with a type-0 header, then type-3 headers every `chunk_size` bytes. A time of 0xFFFFFF and more
// goes into an extended timestamp, repeated in every type-3 chunk: ffmpeg loses sync without it. REQUIRES: chunk_size >
// 0, payload.size() <= kMaxMessageSize, 2 <= csid <= 65599.
void AppendMessage(Buffer& out, const Message& message, uint32_t chunk_size);

// Bytes that AppendMessage would append.
[[nodiscard]] size_t EncodedSize(const Message& message, uint32_t chunk_size);

// An entry of the rtmp log: a type-1 header (csid, delta, length, type; no message stream id, so that it fits every
// reader), then the payload in pieces of the log's chunk size with one type-3 byte between two.
inline constexpr size_t kLogHeaderSize = 8;
inline constexpr uint32_t kMaxLogDelta = kExtendedTimestamp - 1;

struct LogHeader {
  uint8_t type = 0;
  uint32_t csid = 0;  // 2..63: one byte
  uint32_t delta = 0;
  uint32_t length = 0;
};

// Writes kLogHeaderSize bytes. REQUIRES: 2 <= csid <= 63, delta <= kMaxLogDelta, length <= kMaxMessageSize.
void WriteLogHeader(uint8_t* out, const LogHeader& header);

// The byte between two pieces.
constexpr uint8_t LogContinuation(uint32_t csid) { return static_cast<uint8_t>(0xC0 | csid); }

// Bytes of a whole entry.
constexpr size_t LogEntrySize(size_t length, uint32_t chunk_size) {
  return kLogHeaderSize + length + (length == 0 ? 0 : (length - 1) / chunk_size);
}

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_CHUNK_WRITER_H_
