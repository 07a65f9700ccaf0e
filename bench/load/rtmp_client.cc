#include "bench/load/rtmp_client.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "sys/entropy.h"

namespace weir::load {

RtmpClient::RtmpClient(UniqueFd fd, rtmp::ClientRequest request, Listener& listener)
    : StreamClient(std::move(fd), listener),
      request_(std::move(request)),
      handshake_(std::make_unique<rtmp::ClientHandshake>(FillRandom, 0, false)),
      reader_(std::make_unique<rtmp::ChunkReader>()) {
  handshake_->Start(out_);
  reader_->set_limits({.max_message = rtmp::kMaxMessageSize, .max_chunk_streams = 64});
}

bool RtmpClient::CountBytes(ssize_t size) {
  if (!CountRead(size)) return false;
  session_.CountReceived(static_cast<size_t>(size), out_);
  return true;
}

bool RtmpClient::Receive(std::span<uint8_t> scratch) {
  for (;;) {
    ssize_t size = recv(fd(), scratch.data(), scratch.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return Flush();
    if (!CountBytes(size) || !Feed({scratch.data(), static_cast<size_t>(size)})) return false;
    if (static_cast<size_t>(size) < scratch.size()) return Flush();
  }
}

bool RtmpClient::Discard() {
  reader_.reset();
  ssize_t size = DrainSocket(fd());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (!CountBytes(size)) return false;
  return unsent() == 0 || Flush();
}

bool RtmpClient::Feed(ByteView in) {
  if (handshake_ != nullptr) {
    auto step = handshake_->Next(in, out_);
    if (step == rtmp::HandshakeStep::kBroken)
      return Fail(std::string("handshake: ") + ReasonName(handshake_->reason()));
    if (step == rtmp::HandshakeStep::kMore) return true;
    handshake_.reset();
    session_.Start(request_, out_);
  }
  for (;;) {
    auto step = reader_->Next(in);
    if (step == rtmp::ChunkReader::Step::kMore) return true;
    if (step == rtmp::ChunkReader::Step::kBroken) return Fail(std::string("chunks: ") + ReasonName(reader_->reason()));
    Reason reason = session_.Input(reader_->message(), out_, *this);
    if (reason != Reason::kNone) return Fail(std::string("session: ") + ReasonName(reason));
    if (!problem().empty()) return false;
  }
}

void RtmpClient::SendMedia(uint8_t type, uint32_t timestamp, ByteView payload) {
  session_.SendMedia(type, timestamp, payload, out_);
}

void RtmpClient::Stop() {
  if (session_.ready()) session_.Stop(out_);
}

void RtmpClient::OnReady(uint32_t) { listener_.OnStarted(); }

void RtmpClient::OnMedia(const rtmp::Message& message) { listener_.OnMedia(message); }

void RtmpClient::OnStatus(const rtmp::ServerStatus&) {}

void RtmpClient::OnRefused(const rtmp::ServerStatus& status) {
  description_ = status.description;
  Fail("refused: " + std::string(status.code));
}

}  // namespace weir::load
