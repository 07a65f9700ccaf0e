// The messages that we send, each appended as chunks: protocol control, user control, command replies, onStatus.
// Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_PROTO_RTMP_MESSAGES_H_
#define WEIR_PROTO_RTMP_MESSAGES_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "proto/rtmp/message.h"

namespace weir::rtmp {

// User control events (RTMP 1.0, 7.1.7).
inline constexpr uint16_t kEventStreamBegin = 0;
inline constexpr uint16_t kEventStreamEof = 1;
inline constexpr uint16_t kEventSetBufferLength = 3;
inline constexpr uint16_t kEventStreamIsRecorded = 4;
inline constexpr uint16_t kEventPingRequest = 6;
inline constexpr uint16_t kEventPingResponse = 7;

enum class LimitType : uint8_t { kHard = 0, kSoft = 1, kDynamic = 2 };  // RTMP 1.0, 5.4.5

// Control messages fit into one chunk of any legal size but the smallest; they take the chunk size that is in force.
void AppendSetChunkSize(Buffer& out, uint32_t size, uint32_t chunk_size);
void AppendAck(Buffer& out, uint32_t sequence, uint32_t chunk_size);
void AppendWindowAckSize(Buffer& out, uint32_t window, uint32_t chunk_size);
void AppendSetPeerBandwidth(Buffer& out, uint32_t window, LimitType type, uint32_t chunk_size);
void AppendUserControl(Buffer& out, uint16_t event, uint32_t value, uint32_t chunk_size);
// SetBufferLength has a second value.
void AppendSetBufferLength(Buffer& out, uint32_t stream_id, uint32_t millis, uint32_t chunk_size);

// Appends a command with an already encoded AMF0 body, at time 0.
void AppendCommand(Buffer& out, uint32_t csid, uint32_t stream_id, ByteView body, uint32_t chunk_size);

struct Status {
  std::string_view level = "status";  // "status", "warning" or "error"
  std::string_view code;
  std::string_view description;
  std::string_view details = {};  // left out when empty
};

// onStatus(0, null, {level, code, description[, details]}) on that message stream; HaishinKit and GStreamer hang when
// it comes on another.
void AppendStatus(Buffer& out, uint32_t stream_id, const Status& status, uint32_t chunk_size);
// _result(transaction, null, undefined): "done", for commands whose answer nobody reads.
void AppendPlainResult(Buffer& out, double transaction, uint32_t chunk_size);
// _result(transaction, null, number).
void AppendNumberResult(Buffer& out, double transaction, double number, uint32_t chunk_size);
// _error(transaction, null, {level, code, description}).
void AppendError(Buffer& out, double transaction, const Status& status, uint32_t chunk_size);
// The data message |RtmpSampleAccess(true, true): Flash may then read pixels and samples.
void AppendSampleAccess(Buffer& out, uint32_t csid, uint32_t stream_id, uint32_t timestamp, uint32_t chunk_size);

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_MESSAGES_H_
