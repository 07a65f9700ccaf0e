#include "bench/load/attacker.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "bench/load/connect.h"
#include "media/amf0.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/messages.h"
#include "sys/entropy.h"
#include "sys/tcp.h"

namespace weir::load {
namespace {

constexpr Micros kSecond = 1'000'000;
constexpr size_t kBlock = 16 * 1024;
constexpr uint32_t kHugeChunk = 0x7FFFFFFF;  // the largest that SetChunkSize can say
constexpr size_t kLongStringSize = 5;        // marker and length
constexpr int kNesting = 10'000;

Buffer RandomBytes(size_t size) {
  Buffer out(size);
  FillRandom(out.data(), out.size());
  return out;
}

bool ShakesHands(AttackKind kind) { return kind >= AttackKind::kChunkSize; }

// A type-0 chunk header of a command as long as the 24 bits of its length can say; its first value is a string of 1 GB.
void AppendHugeHeader(Buffer& out) {
  AppendU8(out, rtmp::kCsidCommand);
  AppendBe24(out, 0);
  AppendBe24(out, rtmp::kMaxMessageSize);
  AppendU8(out, rtmp::kTypeCommand);
  AppendBe32(out, 0);
  constexpr uint8_t kLongString = 0x0C;  // AMF0, 2.14
  AppendU8(out, kLongString);
  AppendBe32(out, 1u << 30);
}

// connect(1, {a: {a: {a: ...).
void AppendNested(Buffer& out) {
  Buffer body;
  amf0::AppendString(body, "connect");
  amf0::AppendNumber(body, 1);
  amf0::BeginObject(body);
  for (int i = 0; i < kNesting; ++i) {
    amf0::AppendKey(body, "a");
    amf0::BeginObject(body);
  }
  rtmp::AppendCommand(out, rtmp::kCsidCommand, 0, body, rtmp::kDefaultChunkSize);
}

}  // namespace

void Attacker::Open(UniqueFd fd, Micros now) {
  fd_ = std::move(fd);
  opened_ = now;
  next_byte_ = now + kSecond;
  if (!share_.crew->poller().AddEdge(fd_.get(), this)) End("epoll is full", now);
}

void Attacker::End(std::string_view how, Micros now) {
  share_.ends.Add(std::string(kAttackNames[static_cast<int>(kind_)]) + ": " + std::string(how));
  share_.life[static_cast<int>(kind_)].Add(now - opened_);
  ++share_.ended;
  fd_.Reset();
}

void Attacker::Begin() {
  if (ShakesHands(kind_)) {
    handshake_ = std::make_unique<rtmp::ClientHandshake>(FillRandom, 0, false);
    handshake_->Start(out_);
    return;
  }
  // Every other one gets past the version, so that the garbage reaches the chunk reader.
  out_ = RandomBytes(rtmp::kHandshakeSize + 1);
  if (kind_ != AttackKind::kGarbage || fd_.get() % 2 == 0) out_[0] = 3;
  is_endless_ = kind_ == AttackKind::kGarbage;
  if (kind_ == AttackKind::kHalfHandshake) out_.resize(rtmp::kHandshakeSize / 2);
}

// Behind the handshake, or more of what never ends.
void Attacker::Refill() {
  bool is_first = !is_endless_;
  if (!is_first && total_ >= kMaxBytes) return;
  if (kind_ == AttackKind::kNestedAmf) return AppendNested(out_);
  is_endless_ = true;
  if (kind_ == AttackKind::kGarbage) return Append(out_, RandomBytes(kBlock));
  if (is_first) {
    if (kind_ == AttackKind::kChunkSize) rtmp::AppendSetChunkSize(out_, kHugeChunk, rtmp::kDefaultChunkSize);
    AppendHugeHeader(out_);
    out_.resize(out_.size() + rtmp::kDefaultChunkSize - kLongStringSize, 'x');
  }
  // Well-formed chunks, so that nothing but its size is wrong with the message.
  for (size_t i = 0; i < kBlock / rtmp::kDefaultChunkSize; ++i) {
    if (kind_ == AttackKind::kHugeMessage) AppendU8(out_, rtmp::LogContinuation(rtmp::kCsidCommand));
    out_.resize(out_.size() + rtmp::kDefaultChunkSize, 'x');
  }
}

bool Attacker::Receive() {
  for (;;) {
    ssize_t size = recv(fd_.get(), share_.crew->scratch().data(), share_.crew->scratch().size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) return false;
    if (handshake_ == nullptr) continue;
    ByteView in(share_.crew->scratch().data(), static_cast<size_t>(size));
    auto step = handshake_->Next(in, out_);
    if (step == rtmp::HandshakeStep::kMore) continue;
    handshake_.reset();
    Refill();
  }
}

bool Attacker::Flush(Micros now) {
  size_t end = out_.size();
  if (kind_ == AttackKind::kSlow) end = std::min(end, sent_ + (now >= next_byte_ ? 1 : 0));
  while (sent_ < end) {
    IoResult result = weir::Send(fd_.get(), ByteView(out_).subspan(sent_, end - sent_), false);
    if (result.kind == IoResult::Kind::kBlocked) return true;
    if (result.kind != IoResult::Kind::kMoved) return false;
    sent_ += result.size;
    total_ += result.size;
    share_.sent += result.size;
    if (kind_ == AttackKind::kSlow) next_byte_ = now + kSecond;
  }
  if (sent_ < out_.size()) return true;
  out_.clear();
  sent_ = 0;
  return true;
}

void Attacker::OnEvents(uint32_t events, Micros now) {
  if (!fd_.valid()) return;
  if (!is_connected_) {
    if (int error = SocketError(fd_.get()); error != 0) return End(ErrorText(error), now);
    if ((events & EPOLLOUT) == 0) return;
    is_connected_ = true;
    Begin();
  }
  // Whoever is closed while bytes of ours are unread is reset.
  bool is_alive = Receive() && Flush(now);
  if (!is_alive) End(errno == ECONNRESET || errno == EPIPE ? "reset by the server" : "closed by the server", now);
}

void Attacker::OnTimer(Micros now) {
  if (!fd_.valid() || !is_connected_) return;
  if (is_endless_ && out_.empty()) Refill();
  if (!Flush(now)) End("reset by the server", now);
}

}  // namespace weir::load
