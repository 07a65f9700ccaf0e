#include "bench/load/ws_reader.h"

#include <algorithm>

namespace weir::load {
namespace {

constexpr uint8_t kFin = 0x80;
constexpr uint8_t kReserved = 0x70;
constexpr uint8_t kMasked = 0x80;
constexpr uint8_t kTwoBytes = 126;
constexpr uint8_t kEightBytes = 127;
constexpr uint8_t kMask[4] = {0x5a, 0xc3, 0x17, 0x9e};

size_t HeaderSize(uint8_t second) {
  uint8_t size = second & 0x7F;
  return size == kEightBytes ? 10 : size == kTwoBytes ? 4 : 2;
}

}  // namespace

bool WsReader::Break(const char* problem) {
  state_ = State::kBroken;
  problem_ = problem;
  return false;
}

WsReader::Step WsReader::Next(ByteView& in) {
  for (;;) {
    switch (state_) {
      case State::kHeader:
        while (!in.empty() && (head_size_ < 2 || head_size_ < HeaderSize(head_[1]))) {
          head_[head_size_++] = in[0];
          in = in.subspan(1);
        }
        if (head_size_ < 2 || head_size_ < HeaderSize(head_[1])) return Step::kMore;
        head_size_ = 0;
        if (!OpenFrame()) return Step::kBroken;
        break;
      case State::kPayload:
        if (left_ > 0) return TakePayload(in);
        state_ = State::kHeader;
        break;
      case State::kControl:
        if (Step step = TakeControl(in); step != Step::kPayload) return step;
        break;  // a pong: nothing to tell
      case State::kClosed:
        in = {};
        return Step::kMore;
      case State::kBroken:
        return Step::kBroken;
    }
  }
}

bool WsReader::OpenFrame() {
  bool is_final = (head_[0] & kFin) != 0;
  uint8_t short_size = head_[1] & 0x7F;
  if ((head_[0] & kReserved) != 0) return Break("reserved bits are set");
  if ((head_[1] & kMasked) != 0) return Break("a masked frame of a server");
  left_ = short_size;
  if (short_size == kTwoBytes) left_ = LoadBe16(head_ + 2);
  if (short_size == kEightBytes) left_ = LoadBe64(head_ + 2);
  bool is_shortest = short_size < kTwoBytes || left_ > (short_size == kTwoBytes ? 125 : 0xFFFF);
  if (!is_shortest || left_ > INT64_MAX) return Break("a length in too many bytes");

  opcode_ = static_cast<ws::Opcode>(head_[0] & 0x0F);
  switch (opcode_) {
    case ws::Opcode::kPing:
    case ws::Opcode::kPong:
    case ws::Opcode::kClose:
      if (!is_final || left_ > ws::kMaxControlPayload) return Break("a control frame that is long or in fragments");
      control_size_ = 0;
      state_ = State::kControl;
      return true;
    case ws::Opcode::kBinary:
    case ws::Opcode::kContinuation:
      if (is_fragment_open_ != (opcode_ == ws::Opcode::kContinuation)) return Break("a fragment out of order");
      is_fragment_open_ = !is_final;
      state_ = State::kPayload;
      return true;
    default:
      return Break("neither binary nor control");
  }
}

WsReader::Step WsReader::TakePayload(ByteView& in) {
  if (in.empty()) return Step::kMore;
  payload_ = in.first(std::min<uint64_t>(in.size(), left_));
  in = in.subspan(payload_.size());
  left_ -= payload_.size();
  return Step::kPayload;
}

// kPayload: the frame is over and of no interest.
WsReader::Step WsReader::TakeControl(ByteView& in) {
  size_t take = std::min<uint64_t>(in.size(), left_);
  std::copy_n(in.data(), take, control_ + control_size_);
  control_size_ = static_cast<uint8_t>(control_size_ + take);
  left_ -= take;
  in = in.subspan(take);
  return left_ > 0 ? Step::kMore : FinishControl();
}

WsReader::Step WsReader::FinishControl() {
  state_ = State::kHeader;
  payload_ = ByteView(control_, control_size_);
  if (opcode_ == ws::Opcode::kPing) return Step::kPing;
  if (opcode_ == ws::Opcode::kPong) return Step::kPayload;
  state_ = State::kClosed;
  if (control_size_ >= 2) close_code_ = LoadBe16(control_);
  return Step::kClose;
}

void AppendClientFrame(Buffer& out, ws::Opcode opcode, ByteView payload) {
  AppendU8(out, kFin | static_cast<uint8_t>(opcode));
  AppendU8(out, kMasked | payload.size());
  Append(out, ByteView(kMask));
  for (size_t i = 0; i < payload.size(); ++i) AppendU8(out, payload[i] ^ kMask[i % 4]);
}

}  // namespace weir::load
