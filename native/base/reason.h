// Reason: why a connection was refused or ended. Generated from src/errors.ts by `npm run generate`; do not edit.
#ifndef WEIR_BASE_REASON_H_
#define WEIR_BASE_REASON_H_

#include <cstdint>

namespace weir {

enum class Reason : uint8_t {
  kNone,
  kPeerClosed,
  kPeerReset,
  kIoError,
  kFinished,
  kShutdown,
  kKicked,
  kRejected,
  kTooManyConnections,
  kOutOfFiles,
  kMemoryLimit,
  kDecisionTimeout,
  kHandshakeTimeout,
  kIdentifyTimeout,
  kPublishFirstTimeout,
  kPublishIdleTimeout,
  kSendTimeout,
  kRepublishTimeout,
  kHandshakeVersion,
  kBytesBeforeConnect,
  kMessageTooLarge,
  kTooManyChunkStreams,
  kChunkSizeInvalid,
  kChunkMalformed,
  kAmfMalformed,
  kAmfTooDeep,
  kAmfTooLarge,
  kCommandMalformed,
  kCommandOutOfOrder,
  kFlvMalformed,
  kOutboxOverflow,
  kNameInvalid,
  kVhostNotFound,
  kStreamBusy,
  kTakenOver,
  kStreamNotFound,
  kStaleHandle,
};

inline constexpr const char* kReasonNames[] = {
    "none",
    "peer_closed",
    "peer_reset",
    "io_error",
    "finished",
    "shutdown",
    "kicked",
    "rejected",
    "too_many_connections",
    "out_of_files",
    "memory_limit",
    "decision_timeout",
    "handshake_timeout",
    "identify_timeout",
    "publish_first_timeout",
    "publish_idle_timeout",
    "send_timeout",
    "republish_timeout",
    "handshake_version",
    "bytes_before_connect",
    "message_too_large",
    "too_many_chunk_streams",
    "chunk_size_invalid",
    "chunk_malformed",
    "amf_malformed",
    "amf_too_deep",
    "amf_too_large",
    "command_malformed",
    "command_out_of_order",
    "flv_malformed",
    "outbox_overflow",
    "name_invalid",
    "vhost_not_found",
    "stream_busy",
    "taken_over",
    "stream_not_found",
    "stale_handle",
};
inline constexpr int kReasonCount = 37;

inline const char* ReasonName(Reason reason) { return kReasonNames[static_cast<int>(reason)]; }

}  // namespace weir

#endif  // WEIR_BASE_REASON_H_
