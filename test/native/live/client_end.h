// A client on one end of a socket pair and an engine's connection on the other, in one thread: the test says when bytes
// move and when decisions are made. Nothing runs by itself, so that whatever can happen in between, can be made to.
// Lifetime: of a test. Thread rule: one thread; the shard's reactor is never started.
#ifndef WEIR_TEST_NATIVE_LIVE_CLIENT_END_H_
#define WEIR_TEST_NATIVE_LIVE_CLIENT_END_H_

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/engine.h"
#include "live/rtmp_connection.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/client_session.h"
#include "proto/rtmp/handshake.h"
#include "sys/entropy.h"
#include "test/native/proto/chunks.h"
#include "test/native/support/amf_literals.h"

namespace weir::test {

// Two connected sockets: ours, and the one for the connection.
inline std::pair<UniqueFd, UniqueFd> SocketPair(int send_buffer) {
  int ends[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  if (send_buffer > 0) setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

class ClientEnd : private rtmp::ClientSessionSink {
 public:
  ClientEnd(Engine& engine, Shard& shard, int send_buffer = 0) {
    auto [mine, its] = SocketPair(send_buffer);
    fd_ = std::move(mine);
    id_ = engine.handles().Allocate();
    connection_ = new RtmpConnection(shard, std::move(its), id_);
    engine.handles().Put(id_, {&shard, connection_});
    handshake_->Start(out_);
    reader_.set_limits({.max_message = rtmp::kMaxMessageSize});
  }

  void Begin(const std::string& stream, bool publish) {
    request_.app = "live";
    request_.tc_url = "rtmp://h/live";
    request_.stream = stream;
    request_.publish = publish;
  }
  // Moves what there is, both ways, until nothing moves. Returns the media and statuses that came.
  std::string Pump() {
    for (bool moved = true; moved && !is_closed_;) {
      moved = SendOut();
      connection_->OnIo(kReadable | kWritable);
      moved = ReadIn() || moved;
    }
    return std::exchange(log_, {});
  }
  // Only to the server: its answers stay unread.
  void Push() {
    SendOut();
    connection_->OnIo(kReadable);
  }
  void Call(std::string_view name, std::initializer_list<Buffer> arguments) {
    Buffer body = CommandBody(name, {Number(9), Null()});
    for (const Buffer& argument : arguments) Append(body, ByteView(argument));
    rtmp::AppendCommand(out_, rtmp::kCsidCommand, session_.stream_id(), body, session_.chunk_size());
  }
  void Ping() { rtmp::AppendUserControl(out_, rtmp::kEventPingRequest, 7, session_.chunk_size()); }
  void Media(uint8_t type, uint32_t timestamp, const std::string& hex) {
    session_.SendMedia(type, timestamp, Hex(hex), out_);
  }
  void HangUp() { fd_.Reset(); }

  uint64_t id() const { return id_; }
  RtmpConnection& connection() { return *connection_; }
  bool is_closed() const { return is_closed_; }

 private:
  bool SendOut() {
    if (out_.empty() || !fd_.valid()) return false;
    ssize_t n = send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    out_.erase(out_.begin(), out_.begin() + n);
    return true;
  }
  bool ReadIn() {
    uint8_t bytes[65536];
    ssize_t n = fd_.valid() ? recv(fd_.get(), bytes, sizeof bytes, 0) : -1;
    if (n == 0) {
      is_closed_ = true;
      log_ += "closed\n";
    }
    if (n <= 0) return false;
    Feed({bytes, static_cast<size_t>(n)});
    return true;
  }
  void Feed(ByteView in) {
    if (handshake_) {
      if (handshake_->Next(in, out_) != rtmp::HandshakeStep::kDone) return;
      handshake_.reset();
      session_.Start(request_, out_);
    }
    while (reader_.Next(in) == rtmp::ChunkReader::Step::kMessage) {
      EXPECT_EQ(session_.Input(reader_.message(), out_, *this), Reason::kNone);
    }
    EXPECT_EQ(reader_.reason(), Reason::kNone);
  }
  void OnReady(uint32_t) override {}
  void OnMedia(const rtmp::Message& message) override {
    if (message.type != rtmp::kTypeData) log_ += Show(message);
  }
  void OnStatus(const rtmp::ServerStatus& status) override { log_ += std::string(status.code) + "\n"; }
  void OnRefused(const rtmp::ServerStatus&) override { log_ += "refused\n"; }

  UniqueFd fd_;
  uint64_t id_ = 0;
  RtmpConnection* connection_ = nullptr;  // the shard's
  rtmp::ClientRequest request_;
  std::optional<rtmp::ClientHandshake> handshake_{std::in_place, FillRandom, 0u, false};
  rtmp::ChunkReader reader_;
  rtmp::ClientSession session_;
  Buffer out_;
  std::string log_;
  bool is_closed_ = false;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_CLIENT_END_H_
