// One RTMP message, and the numbers that name message types and chunk streams.
// Lifetime: a Message views its payload. Thread rule: plain values.
#ifndef WEIR_PROTO_RTMP_MESSAGE_H_
#define WEIR_PROTO_RTMP_MESSAGE_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace weir::rtmp {

struct Message {
  uint8_t type = 0;
  uint32_t csid = 0;
  uint32_t stream_id = 0;
  uint32_t timestamp = 0;  // absolute, 32 bits as on the wire: wraps
  ByteView payload;
};

// Message types (RTMP 1.0, 5.4 and 7.1).
inline constexpr uint8_t kTypeSetChunkSize = 1;
inline constexpr uint8_t kTypeAbort = 2;
inline constexpr uint8_t kTypeAck = 3;
inline constexpr uint8_t kTypeUserControl = 4;
inline constexpr uint8_t kTypeWindowAckSize = 5;
inline constexpr uint8_t kTypeSetPeerBandwidth = 6;
inline constexpr uint8_t kTypeAudio = 8;
inline constexpr uint8_t kTypeVideo = 9;
inline constexpr uint8_t kTypeDataAmf3 = 15;
inline constexpr uint8_t kTypeSharedObjectAmf3 = 16;
inline constexpr uint8_t kTypeCommandAmf3 = 17;
inline constexpr uint8_t kTypeData = 18;
inline constexpr uint8_t kTypeSharedObject = 19;
inline constexpr uint8_t kTypeCommand = 20;
inline constexpr uint8_t kTypeAggregate = 22;

// Chunk streams that we send on. 4, 6 and 7 belong to the log: a private message there would move the player's clock.
inline constexpr uint32_t kCsidControl = 2;
inline constexpr uint32_t kCsidCommand = 3;
inline constexpr uint32_t kCsidLogData = 4;
inline constexpr uint32_t kCsidStatus = 5;
inline constexpr uint32_t kCsidLogVideo = 6;
inline constexpr uint32_t kCsidLogAudio = 7;

// Of connect's command object, between servers of ours: the identities of what a copied stream has passed through.
inline constexpr std::string_view kRelayPathField = "weirPath";

inline constexpr uint32_t kDefaultChunkSize = 128;        // RTMP 1.0, 5.4.1
inline constexpr uint32_t kMaxMessageSize = 0xFFFFFF;     // the length field has 24 bits
inline constexpr uint32_t kExtendedTimestamp = 0xFFFFFF;  // in the 24-bit field: the time stands in 4 more bytes

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_MESSAGE_H_
