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
  kVhostClosed,
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
  kHttpMalformed,
  kHttpBody,
  kHttpPathInvalid,
  kHttpLineTooLong,
  kHttpHeadTooLarge,
  kHttpVersion,
  kWsUpgradeInvalid,
  kWsMalformed,
  kWsNotMasked,
  kWsNotUtf8,
  kCodecUnsupported,
  kCodecConfigMalformed,
  kCodedFrameMalformed,
  kHttpMethod,
  kHttpIdle,
  kHttpHeadTimeout,
  kHttpPipelineFull,
  kObjectNotFound,
  kObjectOverdue,
  kRangeInvalid,
  kHlsReloadInvalid,
  kNotAViewer,
  kTooManyViewers,
  kWsPingFlood,
  kReferDenied,
  kAddressDenied,
  kTokenMissing,
  kTokenInvalid,
  kTokenExpired,
  kVhostFull,
  kStreamFull,
  kAddressFull,
  kOutputLimit,
  kBitrateLimit,
  kTimeLimit,
  kHookDenied,
  kHookFailed,
};

inline constexpr const char* kReasonNames[] = {
    "none",
    "peer_closed",
    "peer_reset",
    "io_error",
    "finished",
    "shutdown",
    "vhost_closed",
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
    "http_malformed",
    "http_body",
    "http_path_invalid",
    "http_line_too_long",
    "http_head_too_large",
    "http_version",
    "ws_upgrade_invalid",
    "ws_malformed",
    "ws_not_masked",
    "ws_not_utf8",
    "codec_unsupported",
    "codec_config_malformed",
    "coded_frame_malformed",
    "http_method",
    "http_idle",
    "http_head_timeout",
    "http_pipeline_full",
    "object_not_found",
    "object_overdue",
    "range_invalid",
    "hls_reload_invalid",
    "not_a_viewer",
    "too_many_viewers",
    "ws_ping_flood",
    "refer_denied",
    "address_denied",
    "token_missing",
    "token_invalid",
    "token_expired",
    "vhost_full",
    "stream_full",
    "address_full",
    "output_limit",
    "bitrate_limit",
    "time_limit",
    "hook_denied",
    "hook_failed",
};
inline constexpr int kReasonCount = 75;

inline const char* ReasonName(Reason reason) { return kReasonNames[static_cast<int>(reason)]; }

// The peer left, or the server stops: no error.
inline constexpr bool IsOrdinary(Reason reason) {
  switch (reason) {
    case Reason::kNone:
    case Reason::kPeerClosed:
    case Reason::kPeerReset:
    case Reason::kFinished:
    case Reason::kShutdown:
    case Reason::kVhostClosed:
    case Reason::kRepublishTimeout:
    case Reason::kHttpIdle:
      return true;
    default:
      return false;
  }
}

}  // namespace weir

#endif  // WEIR_BASE_REASON_H_
