#include "proto/rtmp/handshake.h"

#include <algorithm>

#include "proto/rtmp/handshake_digest.h"

namespace weir::rtmp {
namespace {

constexpr uint8_t kVersion = 3;  // of C0 and S0; 6 and 8 are RTMPE
constexpr size_t kDigestSize = 32;
constexpr uint8_t kServerVersion[4] = {4, 5, 0, 1};
constexpr uint8_t kClientVersion[4] = {0x80, 0, 7, 2};

// Makes room for one block at the end of `out`.
uint8_t* AddBlock(Buffer& out) {
  out.resize(out.size() + kHandshakeSize);
  return out.data() + out.size() - kHandshakeSize;
}

// Takes what `in` has of one block that reaches from `begin` on in the count of received bytes; stores it when told
// where.
void TakeBlock(ByteView& in, size_t& received, size_t begin, uint8_t* store) {
  const size_t n = std::min(begin + kHandshakeSize - received, in.size());
  if (store != nullptr) std::copy_n(in.begin(), n, store + (received - begin));
  in = in.subspan(n);
  received += n;
}

// The first byte of either side.
bool TakeVersion(ByteView& in, size_t& received) {
  const bool is_right = in[0] == kVersion;
  in = in.subspan(1);
  ++received;
  return is_right;
}

}  // namespace

HandshakeStep ServerHandshake::Next(ByteView& in, Buffer& out) {
  constexpr size_t kC1End = 1 + kHandshakeSize;
  constexpr size_t kC2End = kC1End + kHandshakeSize;

  if (reason_ != Reason::kNone) return HandshakeStep::kBroken;
  if (received_ == 0) {
    if (in.empty()) return HandshakeStep::kMore;
    if (!TakeVersion(in, received_)) {
      reason_ = Reason::kHandshakeVersion;
      return HandshakeStep::kBroken;
    }
  }
  if (received_ < kC1End) {
    TakeBlock(in, received_, 1, c1_.data());
    if (received_ < kC1End) return HandshakeStep::kMore;
    Reply(out);
  }
  if (received_ < kC2End) TakeBlock(in, received_, kC1End, nullptr);
  return received_ < kC2End ? HandshakeStep::kMore : HandshakeStep::kDone;
}

void ServerHandshake::Reply(Buffer& out) {
  const Schema schema = FindSchema(c1_, ClientKey().first(kClientTextSize));
  is_digest_ = schema != Schema::kNone;
  out.reserve(out.size() + 1 + 2 * kHandshakeSize);
  AppendU8(out, kVersion);

  uint8_t* s1 = AddBlock(out);
  fill_random_(s1, kHandshakeSize);
  StoreBe32(s1, now_ms_);
  if (!is_digest_) {
    // Zeros at the version's place: a playing ffmpeg verifies digests when it finds 3 or more there. S2 is C1 to the
    // last byte: StreamPack compares.
    StoreBe32(s1 + 4, 0);
    Append(out, ByteView(c1_));
    return;
  }
  std::copy_n(kServerVersion, sizeof(kServerVersion), s1 + 4);
  SignBlock(s1, schema, ServerKey().first(kServerTextSize));

  const ByteView client_digest = ByteView(c1_).subspan(DigestOffset(c1_, schema), kDigestSize);
  uint8_t* s2 = AddBlock(out);
  fill_random_(s2, kHandshakeSize);
  SignAnswer(s2, client_digest, ServerKey());
}

ClientHandshake::ClientHandshake(RandomSource fill_random, uint32_t now_ms, bool digest)
    : fill_random_(fill_random), now_ms_(now_ms), digest_(digest) {}

void ClientHandshake::Start(Buffer& out) {
  AppendU8(out, kVersion);
  uint8_t* c1 = AddBlock(out);
  fill_random_(c1, kHandshakeSize);
  StoreBe32(c1, now_ms_);
  StoreBe32(c1 + 4, 0);
  if (!digest_) return;
  std::copy_n(kClientVersion, sizeof(kClientVersion), c1 + 4);
  SignBlock(c1, Schema::kDigestFirst, ClientKey().first(kClientTextSize));
}

HandshakeStep ClientHandshake::Next(ByteView& in, Buffer& out) {
  constexpr size_t kS1End = 1 + kHandshakeSize;
  constexpr size_t kS2End = kS1End + kHandshakeSize;

  if (reason_ != Reason::kNone) return HandshakeStep::kBroken;
  if (received_ == 0) {
    if (in.empty()) return HandshakeStep::kMore;
    if (!TakeVersion(in, received_)) {
      reason_ = Reason::kHandshakeVersion;
      return HandshakeStep::kBroken;
    }
  }
  if (received_ < kS1End) {
    TakeBlock(in, received_, 1, s1_.data());
    if (received_ < kS1End) return HandshakeStep::kMore;
    Reply(out);
  }
  if (received_ < kS2End) TakeBlock(in, received_, kS1End, nullptr);
  return received_ < kS2End ? HandshakeStep::kMore : HandshakeStep::kDone;
}

void ClientHandshake::Reply(Buffer& out) {
  const Schema schema = digest_ ? FindSchema(s1_, ServerKey().first(kServerTextSize)) : Schema::kNone;
  if (schema == Schema::kNone) return Append(out, ByteView(s1_));
  const ByteView server_digest = ByteView(s1_).subspan(DigestOffset(s1_, schema), kDigestSize);
  uint8_t* c2 = AddBlock(out);
  fill_random_(c2, kHandshakeSize);
  SignAnswer(c2, server_digest, ClientKey());
}

}  // namespace weir::rtmp
