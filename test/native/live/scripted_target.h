// A server that a forward is pushed to, by script: it listens on the loopback, takes one connection and answers as the
// test says, in whole or in part. Each wait has a limit of ten seconds. Lifetime: of a test. Thread rule: the test's
// thread.
#ifndef WEIR_TEST_NATIVE_LIVE_SCRIPTED_TARGET_H_
#define WEIR_TEST_NATIVE_LIVE_SCRIPTED_TARGET_H_

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/handshake.h"
#include "proto/rtmp/messages.h"
#include "sys/tcp.h"
#include "test/native/support/amf.h"
#include "test/native/support/amf_literals.h"

namespace weir::test {

class ScriptedTarget {
 public:
  ScriptedTarget() {
    int error = 0;
    listener_ = ListenTcp({"127.0.0.1", 0}, error);
    EXPECT_EQ(error, 0);
  }

  SocketAddress address() const { return LocalAddress(listener_.get()); }
  void Accept() {
    Wait(listener_.get());
    int error = 0;
    fd_ = AcceptTcp(listener_.get(), error);
    EXPECT_TRUE(fd_.valid());
    reader_->set_limits({.max_message = rtmp::kMaxMessageSize});
  }
  void StopListening() { listener_.Reset(); }
  // Goes on until the client has said that: a command's name, "media" or "end"; at once for nothing.
  bool Hear(std::string_view what) {
    if (what.empty()) return true;
    while (heard_.find(" " + std::string(what) + " ") == std::string::npos) {
      if (has_ended_ || !Read()) return false;
    }
    return true;
  }
  // All that came: names of commands, and of media the payload.
  const std::string& heard() const { return heard_; }
  void Send(ByteView bytes) {
    // It may have hung up already.
    for (size_t sent = 0; sent < bytes.size();) {
      ssize_t n = send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return;
      sent += static_cast<size_t>(n);
    }
  }
  void Close() { fd_.Reset(); }
  // For the next connection.
  void Reset() {
    fd_.Reset();
    to_skip_ = 1 + 2 * rtmp::kHandshakeSize;
    reader_.emplace();
    heard_.clear();
    has_ended_ = false;
  }

  // What a server says at each step of the dialogue.
  static Buffer Handshake() { return Buffer(1 + 2 * rtmp::kHandshakeSize, 3); }
  static Buffer Command(std::string_view name, std::initializer_list<Buffer> arguments, uint32_t stream_id = 0) {
    Buffer out;
    rtmp::AppendCommand(out, rtmp::kCsidCommand, stream_id, CommandBody(name, arguments), rtmp::kDefaultChunkSize);
    return out;
  }
  static Buffer Connected() {
    return Command("_result", {Number(1), Object({}), Object({{"code", Text("NetConnection.Connect.Success")}})});
  }
  static Buffer StreamCreated() { return Command("_result", {Number(4), Null(), Number(5)}); }
  static Buffer Status(std::string_view level, std::string_view code, std::string_view text = "why") {
    Buffer info = Object({{"level", Text(level)}, {"code", Text(code)}, {"description", Text(text)}});
    return Command("onStatus", {Number(0), Null(), info}, 5);
  }
  static Buffer Publishing() { return Status("status", "NetStream.Publish.Start"); }

 private:
  static bool Wait(int fd) {
    pollfd wanted{.fd = fd, .events = POLLIN, .revents = 0};
    return poll(&wanted, 1, 10'000) == 1;
  }
  bool Read() {
    uint8_t bytes[65536];
    if (!Wait(fd_.get())) return false;
    ssize_t n = recv(fd_.get(), bytes, sizeof bytes, 0);
    if (n <= 0) {
      has_ended_ = true;
      heard_ += " end ";
      return true;
    }
    ByteView in(bytes, static_cast<size_t>(n));
    size_t skipped = std::min(to_skip_, in.size());
    to_skip_ -= skipped;
    in = in.subspan(skipped);
    if (to_skip_ == 0 && skipped > 0) heard_ += " handshake ";
    while (reader_->Next(in) == rtmp::ChunkReader::Step::kMessage) Note(reader_->message());
    EXPECT_EQ(reader_->reason(), Reason::kNone);
    return true;
  }
  void Note(const rtmp::Message& message) {
    if (message.type == rtmp::kTypeCommand) {
      std::string text = ShowAmf(message.payload);
      heard_ += " " + text.substr(1, text.find('\'', 1) - 1) + " ";
    }
    if (message.type == rtmp::kTypeVideo && message.stream_id == 5) heard_ += " media  " + ToHex(message.payload) + " ";
  }

  UniqueFd listener_;
  UniqueFd fd_;
  size_t to_skip_ = 1 + 2 * rtmp::kHandshakeSize;
  std::optional<rtmp::ChunkReader> reader_{std::in_place};
  std::string heard_;
  bool has_ended_ = false;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_SCRIPTED_TARGET_H_
