#include "driver/wire.h"

#include <sys/socket.h>

#include <utility>

#include "media/amf0.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/messages.h"
#include "sys/entropy.h"

namespace weir::driver {

bool Wire::Open(const SocketAddress& address, rtmp::ClientRequest request, int receive_buffer) {
  Close();
  int error = 0;
  fd_ = ConnectTcp(address, error);
  if (!fd_.valid()) return false;
  if (receive_buffer > 0) setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  life_ = std::make_unique<Life>();
  life_->request = std::move(request);
  life_->handshake.emplace(FillRandom, 0, false);
  life_->handshake->Start(out_);
  life_->reader.set_limits({.max_message = rtmp::kMaxMessageSize, .max_chunk_streams = 64});
  reading_ = true;
  return reactor_.Watch(fd_.get(), *this);
}

void Wire::Close() {
  if (fd_.valid()) reactor_.Unwatch(fd_.get());
  fd_.Reset();
  out_.clear();
  sent_ = 0;
}

void Wire::Abort() {
  if (!fd_.valid()) return;
  linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  Close();
}

void Wire::Gone(const std::string& why, bool is_fault) {
  if (!fd_.valid()) return;
  Close();
  owner_.OnGone(why, is_fault);
}

void Wire::SetReading(bool reading) {
  reading_ = reading;
  if (reading && is_open()) Read();  // the edge has passed
}

void Wire::OnIo(uint32_t events) {
  if (!is_open()) return;
  if ((events & kWritable) != 0) Flush();
  if ((events & (kReadable | kHungUp)) != 0 && is_open() && reading_) Read();
}

void Wire::Read() {
  while (is_open() && reading_) {
    IoResult result = Receive(fd_.get(), reactor_.scratch(), Reactor::kScratchSize);
    if (result.kind == IoResult::Kind::kBlocked) break;
    if (result.kind != IoResult::Kind::kMoved) return Gone("closed by the server", false);
    life_->session.CountReceived(result.size, out_);
    Feed({reactor_.scratch(), result.size});
  }
  Flush();
}

void Wire::Feed(ByteView in) {
  if (life_->handshake) {
    rtmp::HandshakeStep step = life_->handshake->Next(in, out_);
    if (step == rtmp::HandshakeStep::kBroken) return Gone("broken handshake", true);
    if (step == rtmp::HandshakeStep::kMore) return;
    life_->handshake.reset();
    life_->session.Start(life_->request, out_);
  }
  while (is_open()) {
    rtmp::ChunkReader::Step step = life_->reader.Next(in);
    if (step == rtmp::ChunkReader::Step::kMore) return;
    if (step == rtmp::ChunkReader::Step::kBroken) return Gone(ReasonName(life_->reader.reason()), true);
    rtmp::Message message = life_->reader.message();
    bool is_pong = message.type == rtmp::kTypeUserControl && message.payload.size() == 6 &&
                   LoadBe16(message.payload.data()) == rtmp::kEventPingResponse;
    if (is_pong) owner_.OnPong(LoadBe32(message.payload.data() + 2));
    Reason reason = life_->session.Input(message, out_, *this);
    if (reason != Reason::kNone) return Gone(ReasonName(reason), true);
  }
}

void Wire::OnRefused(const rtmp::ServerStatus& status) { Gone("refused: " + std::string(status.code), false); }

void Wire::Call(uint32_t stream_id, std::string_view name, const Buffer& arguments) {
  Buffer body;
  amf0::AppendString(body, name);
  amf0::AppendNumber(body, 0);
  amf0::AppendNull(body);
  Append(body, ByteView(arguments));
  rtmp::AppendCommand(out_, rtmp::kCsidCommand, stream_id, body, life_->session.chunk_size());
}

void Wire::Ping(uint32_t token) {
  rtmp::AppendUserControl(out_, rtmp::kEventPingRequest, token, life_->session.chunk_size());
}

void Wire::Media(uint8_t type, uint32_t timestamp, ByteView payload) {
  life_->session.SendMedia(type, timestamp, payload, out_);
}

void Wire::HalfMedia(uint8_t type, uint32_t timestamp, ByteView payload) {
  size_t before = out_.size();
  Media(type, timestamp, payload);
  out_.resize(before + (out_.size() - before) / 2);
}

void Wire::Raw(ByteView bytes) { Append(out_, bytes); }

void Wire::Flush() {
  while (is_open() && unsent() > 0) {
    IoResult result = Send(fd_.get(), ByteView(out_).subspan(sent_), false);
    if (result.kind == IoResult::Kind::kBlocked) return;
    // What the server has said last is still to be read.
    if (result.kind != IoResult::Kind::kMoved) break;
    sent_ += result.size;
  }
  out_.clear();
  sent_ = 0;
}

}  // namespace weir::driver
