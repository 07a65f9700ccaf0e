#include "proto/ws/frame_reader.h"

#include <algorithm>

namespace weir::ws {
namespace {

// RFC 6455, 5.2
constexpr uint8_t kFinal = 0x80;
constexpr uint8_t kReservedBits = 0x70;
constexpr uint8_t kOpcodeBits = 0x0F;
constexpr uint8_t kControlBit = 0x08;
constexpr uint8_t kMasked = 0x80;
constexpr uint8_t kLengthBits = 0x7F;
constexpr uint8_t kLength16 = 126;
constexpr uint8_t kLength64 = 127;
constexpr size_t kMaskSize = 4;
constexpr size_t kFirstBytes = 2;  // they tell how long the header is

// A larger buffer is not kept for the next message.
constexpr size_t kKeptCapacity = 256 * 1024;

bool IsOpcode(uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

size_t LengthSize(uint8_t length) {
  if (length < kLength16) return 0;
  return length == kLength16 ? 2 : 8;
}

// RFC 6455, 7.4: 1004 to 1006 and 1015 are never on the wire, 1012 to 1014 were registered later.
bool IsCloseCode(uint16_t code) {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

// XORs with the mask, eight bytes at once where there are as many; `at` tells which byte of the mask is the first.
void Unmask(std::span<uint8_t> bytes, const uint8_t* mask, uint8_t at) {
  uint8_t turned[2 * kMaskSize];
  for (size_t i = 0; i < sizeof(turned); ++i) turned[i] = mask[(at + i) % kMaskSize];
  uint64_t wide;
  std::memcpy(&wide, turned, sizeof(wide));
  size_t i = 0;
  for (; i + sizeof(wide) <= bytes.size(); i += sizeof(wide)) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    word ^= wide;
    std::memcpy(bytes.data() + i, &word, sizeof(word));
  }
  for (; i < bytes.size(); ++i) bytes[i] ^= turned[i % kMaskSize];
}

}  // namespace

FrameReader::Step FrameReader::Next(ByteView& in) {
  if (state_ == State::kReported) ForgetMessage();
  while (true) {
    bool goes_on = false;
    switch (state_) {
      case State::kHeader:
        goes_on = ReadHeader(in);
        break;
      case State::kPayload:
        goes_on = ReadPayload(in);
        break;
      case State::kReported:
        return Step::kMessage;
      case State::kClosed:
        in = {};
        return Step::kMore;
      case State::kBroken:
        return Step::kBroken;
    }
    if (!goes_on && state_ != State::kBroken) return Step::kMore;
  }
}

void FrameReader::ReleaseBuffers() {
  if (state_ == State::kReported) ForgetMessage();
  if (buffer_.empty()) buffer_ = Buffer();
}

void FrameReader::ForgetMessage() {
  buffer_.resize(joined_);
  if (joined_ == 0 && buffer_.capacity() > kKeptCapacity) buffer_ = Buffer();
  state_ = message_.opcode == Opcode::kClose ? State::kClosed : State::kHeader;
  message_ = {};
}

bool FrameReader::ReadHeader(ByteView& in) {
  return FillHead(in, kFirstBytes) && CheckFirstBytes() &&
         FillHead(in, kFirstBytes + LengthSize(head_[1] & kLengthBits) + kMaskSize) && OpenFrame();
}

bool FrameReader::FillHead(ByteView& in, size_t wanted) {
  if (head_size_ >= wanted) return true;
  const size_t n = std::min(wanted - head_size_, in.size());
  std::copy_n(in.begin(), n, head_ + head_size_);
  head_size_ = static_cast<uint8_t>(head_size_ + n);
  in = in.subspan(n);
  return head_size_ == wanted;
}

bool FrameReader::CheckFirstBytes() {
  const uint8_t opcode = head_[0] & kOpcodeBits;
  const bool is_final = (head_[0] & kFinal) != 0;
  if ((head_[0] & kReservedBits) != 0 || !IsOpcode(opcode)) return Break(Reason::kWsMalformed);
  if ((head_[1] & kMasked) == 0) return Break(Reason::kWsNotMasked);
  if ((opcode & kControlBit) != 0) {
    const bool is_short = (head_[1] & kLengthBits) <= kMaxControlPayload;
    return (is_final && is_short) || Break(Reason::kWsMalformed);
  }
  // Fragments go on, whole messages don't come between them.
  const bool goes_on = static_cast<Opcode>(opcode) == Opcode::kContinuation;
  return goes_on == (joining_ != Opcode::kContinuation) || Break(Reason::kWsMalformed);
}

// REQUIRES: the whole header is in head_.
bool FrameReader::OpenFrame() {
  const uint8_t length = head_[1] & kLengthBits;
  uint64_t size = length;
  if (length == kLength16) size = LoadBe16(head_ + kFirstBytes);
  if (length == kLength64) size = LoadBe64(head_ + kFirstBytes);
  const bool is_shortest =
      length < kLength16 || (length == kLength16 ? size >= kLength16 : size > 0xFFFF && size <= INT64_MAX);
  if (!is_shortest) return Break(Reason::kWsMalformed);
  const bool is_control = (head_[0] & kControlBit) != 0;
  if (!is_control && size > max_message_ - std::min<uint64_t>(joined_, max_message_)) {
    return Break(Reason::kMessageTooLarge);
  }
  frame_left_ = size;
  mask_at_ = 0;
  state_ = State::kPayload;
  return true;
}

bool FrameReader::ReadPayload(ByteView& in) {
  const size_t n = std::min<uint64_t>(frame_left_, in.size());
  const size_t begin = buffer_.size();
  Append(buffer_, in.first(n));
  const std::span<uint8_t> bytes = std::span(buffer_).subspan(begin);
  Unmask(bytes, head_ + head_size_ - kMaskSize, mask_at_);
  mask_at_ = static_cast<uint8_t>((mask_at_ + n) % kMaskSize);
  in = in.subspan(n);
  frame_left_ -= n;
  if (MessageKind() == Opcode::kText && !utf8_.Add(bytes)) return Break(Reason::kWsNotUtf8);
  if (frame_left_ > 0) return false;
  return FinishFrame();
}

// Of the message that the current frame belongs to.
Opcode FrameReader::MessageKind() const {
  const auto opcode = static_cast<Opcode>(head_[0] & kOpcodeBits);
  return opcode == Opcode::kContinuation ? joining_ : opcode;
}

bool FrameReader::FinishFrame() {
  const Opcode kind = MessageKind();
  const bool is_final = (head_[0] & kFinal) != 0;
  const ByteView payload = ByteView(buffer_);
  head_size_ = 0;
  state_ = State::kReported;
  if (kind == Opcode::kClose) return DeliverClose(payload.subspan(joined_));
  if (kind == Opcode::kPing || kind == Opcode::kPong) {
    message_ = {.opcode = kind, .payload = payload.subspan(joined_)};
    return true;
  }
  if (!is_final) {
    joining_ = kind;
    joined_ = buffer_.size();
    state_ = State::kHeader;
    return true;
  }
  if (kind == Opcode::kText && !utf8_.complete()) return Break(Reason::kWsNotUtf8);
  utf8_ = {};
  joining_ = Opcode::kContinuation;
  joined_ = 0;
  message_ = {.opcode = kind, .payload = payload};
  return true;
}

bool FrameReader::DeliverClose(ByteView payload) {
  message_ = {.opcode = Opcode::kClose};
  if (payload.empty()) return true;
  if (payload.size() < 2 || !IsCloseCode(LoadBe16(payload.data()))) return Break(Reason::kWsMalformed);
  message_.close_code = LoadBe16(payload.data());
  message_.payload = payload.subspan(2);
  return IsUtf8(message_.payload) || Break(Reason::kWsNotUtf8);
}

bool FrameReader::Break(Reason reason) {
  reason_ = reason;
  state_ = State::kBroken;
  buffer_ = Buffer();
  message_ = {};
  return false;
}

uint16_t CloseCodeOf(Reason reason) {
  switch (reason) {
    case Reason::kMessageTooLarge:
      return kCloseTooLarge;
    case Reason::kWsNotUtf8:
      return kCloseNotUtf8;
    default:
      return kCloseProtocolError;
  }
}

}  // namespace weir::ws
