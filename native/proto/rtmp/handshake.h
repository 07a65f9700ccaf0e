// The RTMP handshake, server and client side, simple and with digests (both schemas). Sans-IO: time and randomness are
// passed in. No Diffie-Hellman: random bytes stand at the key's place, since nobody encrypts. Lifetime: some 1.6 KB;
// made for one connection and freed when done. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_RTMP_HANDSHAKE_H_
#define WEIR_PROTO_RTMP_HANDSHAKE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/reason.h"

namespace weir::rtmp {

inline constexpr size_t kHandshakeSize = 1536;  // of C1, S1, C2 and S2 (RTMP 1.0, 5.2)

// Fills the bytes with unpredictable ones.
using RandomSource = void (*)(uint8_t* out, size_t size);

enum class HandshakeStep { kMore, kDone, kBroken };

// Answers C0 and C1 with S0, S1 and S2, then reads C2 without looking at it (Flash's and ffmpeg's are not what a strict
// check wants). Writes nothing after S2: HaishinKit reads S2 as "all that is in the buffer".
class ServerHandshake {
 public:
  ServerHandshake(RandomSource fill_random, uint32_t now_ms) : fill_random_(fill_random), now_ms_(now_ms) {}
  ServerHandshake(const ServerHandshake&) = delete;
  ServerHandshake& operator=(const ServerHandshake&) = delete;

  // Consumes from the front of `in`, appends replies to `out`. After kDone what is left in `in` belongs to the chunk
  // reader.
  [[nodiscard]] HandshakeStep Next(ByteView& in, Buffer& out);
  Reason reason() const { return reason_; }
  bool is_digest() const { return is_digest_; }

 private:
  void Reply(Buffer& out);

  RandomSource fill_random_;
  uint32_t now_ms_;
  Reason reason_ = Reason::kNone;
  bool is_digest_ = false;
  size_t received_ = 0;  // of C0, C1 and C2
  std::array<uint8_t, kHandshakeSize> c1_;
};

class ClientHandshake {
 public:
  // With `digest` C1 carries a digest of schema 1 (FMS wants it), without it is the simple form.
  ClientHandshake(RandomSource fill_random, uint32_t now_ms, bool digest);
  ClientHandshake(const ClientHandshake&) = delete;
  ClientHandshake& operator=(const ClientHandshake&) = delete;

  // Appends C0 and C1.
  void Start(Buffer& out);
  // Consumes S0, S1, S2 and appends C2 as soon as S1 is there. The server's digests are not verified.
  [[nodiscard]] HandshakeStep Next(ByteView& in, Buffer& out);
  Reason reason() const { return reason_; }

 private:
  void Reply(Buffer& out);

  RandomSource fill_random_;
  uint32_t now_ms_;
  bool digest_;
  Reason reason_ = Reason::kNone;
  size_t received_ = 0;  // of S0, S1 and S2
  std::array<uint8_t, kHandshakeSize> s1_;
};

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_HANDSHAKE_H_
