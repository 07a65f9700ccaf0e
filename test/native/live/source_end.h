// The source of a pull in tests: the server's side of an RTMP connection, which accepts everything or refuses the play,
// and sends what the test says. Lifetime: of a test. Thread rule: one thread.
#ifndef WEIR_TEST_NATIVE_LIVE_SOURCE_END_H_
#define WEIR_TEST_NATIVE_LIVE_SOURCE_END_H_

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <utility>

#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/handshake.h"
#include "proto/rtmp/server_session.h"
#include "sys/entropy.h"
#include "sys/fd.h"
#include "test/native/proto/chunks.h"

namespace weir::test {

class SourceEnd : private rtmp::ServerSessionSink {
 public:
  explicit SourceEnd(UniqueFd fd) : fd_(std::move(fd)) {}

  bool refuses = false;
  std::string asked;  // what the client wanted

  // True if anything moved.
  bool Pump() {
    const bool sent = SendOut();
    uint8_t bytes[65536];
    const ssize_t n = fd_.valid() ? recv(fd_.get(), bytes, sizeof bytes, 0) : -1;
    if (n > 0) Feed({bytes, static_cast<size_t>(n)});
    if (n == 0) HangUp();  // as every server does when its client has ended
    SendOut();
    return sent || n >= 0;
  }
  void Media(uint8_t type, uint32_t timestamp, const std::string& hex) { Message(type, timestamp, Hex(hex)); }
  void Message(uint8_t type, uint32_t timestamp, const Buffer& payload) {
    const rtmp::Message message{
        .type = type, .csid = 6, .stream_id = session_.stream_id(), .timestamp = timestamp, .payload = payload};
    rtmp::AppendMessage(out_, message, session_.chunk_size());
  }
  void Say(std::string_view code) {
    session_.ReportStatus({.level = "status", .code = code, .description = "said by the test"}, out_);
  }
  void Garbage() { out_.assign(4000, 0xFF); }
  void HangUp() { fd_.Reset(); }

 private:
  bool SendOut() {
    if (out_.empty() || !fd_.valid()) return false;
    const ssize_t n = send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    out_.erase(out_.begin(), out_.begin() + n);
    return true;
  }
  void Feed(ByteView in) {
    if (handshake_) {
      if (handshake_->Next(in, out_) != rtmp::HandshakeStep::kDone) return;
      handshake_.reset();
    }
    while (reader_.Next(in) == rtmp::ChunkReader::Step::kMessage) {
      EXPECT_EQ(session_.Input(reader_.message(), out_, *this), Reason::kNone);
    }
  }
  void OnConnect(const rtmp::ConnectRequest& request) override {
    asked += std::string(request.tc_url) + " " + std::string(request.app) + " " + std::string(request.relay_path);
    session_.AcceptConnect({.server = "test"}, 4096, out_);
  }
  void OnPlay(const rtmp::PlayRequest& request) override {
    asked += " " + std::string(request.name);
    if (refuses) return session_.RejectPlay("NetStream.Play.StreamNotFound", "Not here.", out_);
    session_.AcceptPlay(out_);
  }
  void OnPublish(const rtmp::PublishRequest&) override { ADD_FAILURE() << "it publishes"; }
  void OnMedia(const rtmp::Message&) override {}
  void OnStreamEnd(rtmp::StreamEnd) override { asked += " end"; }
  void OnPause(bool) override {}
  void OnReceiveAudio(bool) override {}
  void OnReceiveVideo(bool) override {}

  UniqueFd fd_;
  std::optional<rtmp::ServerHandshake> handshake_{std::in_place, FillRandom, 0u};
  rtmp::ChunkReader reader_;
  rtmp::ServerSession session_;
  Buffer out_;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_SOURCE_END_H_
