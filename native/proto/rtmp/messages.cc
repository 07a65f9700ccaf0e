#include "proto/rtmp/messages.h"

#include "media/amf0.h"
#include "proto/rtmp/chunk_writer.h"

namespace weir::rtmp {
namespace {

void AppendControl(Buffer& out, uint8_t type, ByteView payload, uint32_t chunk_size) {
  AppendMessage(out, {.type = type, .csid = kCsidControl, .stream_id = 0, .timestamp = 0, .payload = payload},
                chunk_size);
}

void AppendControl32(Buffer& out, uint8_t type, uint32_t value, uint32_t chunk_size) {
  uint8_t payload[4];
  StoreBe32(payload, value);
  AppendControl(out, type, payload, chunk_size);
}

// The beginning that all replies share: name, transaction, null.
Buffer BeginReply(std::string_view name, double transaction) {
  Buffer body;
  amf0::AppendString(body, name);
  amf0::AppendNumber(body, transaction);
  amf0::AppendNull(body);
  return body;
}

void AppendInfo(Buffer& body, const Status& status) {
  amf0::BeginObject(body);
  amf0::AppendField(body, "level", status.level);
  amf0::AppendField(body, "code", status.code);
  amf0::AppendField(body, "description", status.description);
  if (!status.details.empty()) amf0::AppendField(body, "details", status.details);
  amf0::EndObject(body);
}

}  // namespace

void AppendSetChunkSize(Buffer& out, uint32_t size, uint32_t chunk_size) {
  AppendControl32(out, kTypeSetChunkSize, size, chunk_size);
}

void AppendAck(Buffer& out, uint32_t sequence, uint32_t chunk_size) {
  AppendControl32(out, kTypeAck, sequence, chunk_size);
}

void AppendWindowAckSize(Buffer& out, uint32_t window, uint32_t chunk_size) {
  AppendControl32(out, kTypeWindowAckSize, window, chunk_size);
}

void AppendSetPeerBandwidth(Buffer& out, uint32_t window, LimitType type, uint32_t chunk_size) {
  uint8_t payload[5];
  StoreBe32(payload, window);
  payload[4] = static_cast<uint8_t>(type);
  AppendControl(out, kTypeSetPeerBandwidth, payload, chunk_size);
}

void AppendUserControl(Buffer& out, uint16_t event, uint32_t value, uint32_t chunk_size) {
  uint8_t payload[6];
  StoreBe16(payload, event);
  StoreBe32(payload + 2, value);
  AppendControl(out, kTypeUserControl, payload, chunk_size);
}

void AppendSetBufferLength(Buffer& out, uint32_t stream_id, uint32_t millis, uint32_t chunk_size) {
  uint8_t payload[10];
  StoreBe16(payload, kEventSetBufferLength);
  StoreBe32(payload + 2, stream_id);
  StoreBe32(payload + 6, millis);
  AppendControl(out, kTypeUserControl, payload, chunk_size);
}

void AppendCommand(Buffer& out, uint32_t csid, uint32_t stream_id, ByteView body, uint32_t chunk_size) {
  AppendMessage(out, {.type = kTypeCommand, .csid = csid, .stream_id = stream_id, .timestamp = 0, .payload = body},
                chunk_size);
}

void AppendStatus(Buffer& out, uint32_t stream_id, const Status& status, uint32_t chunk_size) {
  Buffer body = BeginReply("onStatus", 0);
  AppendInfo(body, status);
  AppendCommand(out, stream_id == 0 ? kCsidCommand : kCsidStatus, stream_id, body, chunk_size);
}

void AppendPlainResult(Buffer& out, double transaction, uint32_t chunk_size) {
  Buffer body = BeginReply("_result", transaction);
  amf0::AppendUndefined(body);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size);
}

void AppendNumberResult(Buffer& out, double transaction, double number, uint32_t chunk_size) {
  Buffer body = BeginReply("_result", transaction);
  amf0::AppendNumber(body, number);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size);
}

void AppendError(Buffer& out, double transaction, const Status& status, uint32_t chunk_size) {
  Buffer body = BeginReply("_error", transaction);
  AppendInfo(body, status);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size);
}

void AppendSampleAccess(Buffer& out, uint32_t csid, uint32_t stream_id, uint32_t timestamp, uint32_t chunk_size) {
  Buffer body;
  amf0::AppendString(body, "|RtmpSampleAccess");
  amf0::AppendBoolean(body, true);
  amf0::AppendBoolean(body, true);
  AppendMessage(out, {.type = kTypeData, .csid = csid, .stream_id = stream_id, .timestamp = timestamp, .payload = body},
                chunk_size);
}

}  // namespace weir::rtmp
