// What a WebSocket frame is made of: opcodes and close codes (RFC 6455, 5.2 and 7.4).
// Lifetime: constants. Thread rule: none needed.
#ifndef WEIR_PROTO_WS_FRAME_H_
#define WEIR_PROTO_WS_FRAME_H_

#include <cstddef>
#include <cstdint>

namespace weir::ws {

enum class Opcode : uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

inline constexpr uint16_t kCloseNormal = 1000;
inline constexpr uint16_t kCloseGoingAway = 1001;
inline constexpr uint16_t kCloseProtocolError = 1002;
inline constexpr uint16_t kCloseUnsupported = 1003;  // a kind of data that the endpoint does not take
inline constexpr uint16_t kCloseNoCode = 1005;       // never sent: a close frame without a code
inline constexpr uint16_t kCloseNotUtf8 = 1007;
inline constexpr uint16_t kClosePolicy = 1008;
inline constexpr uint16_t kCloseTooLarge = 1009;
inline constexpr uint16_t kCloseInternal = 1011;

inline constexpr size_t kMaxControlPayload = 125;

}  // namespace weir::ws

#endif  // WEIR_PROTO_WS_FRAME_H_
