// An engine that runs, with one published stream, and pushes of it: what is done here is what TypeScript does. Each
// wait has a limit of ten seconds. Lifetime: of a test. Thread rule: the test's thread.
#ifndef WEIR_TEST_NATIVE_LIVE_PUSH_RIG_H_
#define WEIR_TEST_NATIVE_LIVE_PUSH_RIG_H_

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "live/engine.h"
#include "proto/rtmp/client_session.h"
#include "sys/entropy.h"
#include "sys/monotonic.h"
#include "test/native/support/hex.h"

namespace weir::test {

class PushRig : private rtmp::ClientSessionSink {
 public:
  PushRig() : engine_(EngineOptions{}, [] {}) {
    EXPECT_TRUE(engine_.Start());
    int error = 0;
    address_ = engine_.Listen({"127.0.0.1", 0}, Service::kRtmp, error);
    EXPECT_EQ(error, 0);
    grant_.key = {"v", "live", "s"};
  }
  ~PushRig() override { engine_.Stop(0); }

  Engine& engine() { return engine_; }
  // The stream begins, with a key frame.
  void Publish() {
    int error = 0;
    fd_ = ConnectTcp(address_, error);
    Buffer out;
    handshake_.Start(out);
    EXPECT_TRUE(Until([&] {
      Exchange(out);
      return is_published_;
    }));
    PublishKeyFrame();
  }
  void PublishKeyFrame(const std::string& byte = "aa") {
    Buffer out;
    if (time_ == 0) session_.SendMedia(rtmp::kTypeVideo, time_, Hex("17 00 000000 01"), out);
    session_.SendMedia(rtmp::kTypeVideo, time_, Hex("17 01 000000 " + byte), out);
    time_ += 40;
    Exchange(out);
  }
  void Unpublish() {
    fd_.Reset();
    EXPECT_TRUE(Until([&] { return std::exchange(was_unpublished_, false); }));
  }
  uint64_t Push(const SocketAddress& target, Millis answer_timeout = 10'000) {
    weir::Push push;
    push.peer.address = target;
    push.peer.tc_url = "rtmp://t/live";
    push.peer.app = "live";
    push.peer.stream = "s";
    push.peer.relay_path = "me";
    push.peer.answer_timeout = answer_timeout;
    push.grant.key = grant_.key;
    return engine_.StartRelay(std::move(push));
  }
  // How that push ended.
  Event Ended(uint64_t push) {
    Event found(Event::Type::kPushEnded);
    EXPECT_TRUE(Until([&] {
      auto at =
          std::find_if(ended_.begin(), ended_.end(), [&](const Event& event) { return event.connection == push; });
      if (at == ended_.end()) return false;
      found = std::move(*at);
      ended_.erase(at);
      return true;
    }));
    return found;
  }
  // The stream is there, and its publisher can go on.
  bool IsUnharmed() {
    TakeEvents();
    return !was_unpublished_ && engine_.Snapshot().publishers == 1;
  }
  bool Until(const std::function<bool()>& is_so) {
    for (Millis until = MonotonicMillis() + 10'000; MonotonicMillis() < until; usleep(1000)) {
      TakeEvents();
      if (is_so()) return true;
    }
    return false;
  }

 private:
  void TakeEvents() {
    for (Event& event : engine_.TakeEvents()) {
      if (event.type == Event::Type::kConnect) engine_.Decide(event.connection, {Request::kConnect, AcceptedConnect{}});
      if (event.type == Event::Type::kPublish) engine_.Decide(event.connection, {Request::kPublish, grant_});
      if (event.type == Event::Type::kUnpublished) was_unpublished_ = true;
      if (event.type == Event::Type::kPushEnded) ended_.push_back(std::move(event));
    }
  }
  // The publisher's side: sends, then takes what there is.
  void Exchange(Buffer& out) {
    while (!out.empty()) {
      ssize_t n = send(fd_.get(), out.data(), out.size(), MSG_NOSIGNAL);
      if (n < 0) break;
      out.erase(out.begin(), out.begin() + n);
    }
    uint8_t bytes[16384];
    ssize_t n = recv(fd_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (n <= 0) return;
    ByteView in(bytes, static_cast<size_t>(n));
    if (shakes_) {
      if (handshake_.Next(in, out) != rtmp::HandshakeStep::kDone) return;
      shakes_ = false;
      session_.Start({.tc_url = "rtmp://h/live", .app = "live", .stream = "s", .publish = true}, out);
    }
    while (reader_.Next(in) == rtmp::ChunkReader::Step::kMessage) {
      EXPECT_EQ(session_.Input(reader_.message(), out, *this), Reason::kNone);
    }
  }
  void OnReady(uint32_t) override { is_published_ = true; }
  void OnMedia(const rtmp::Message&) override {}
  void OnStatus(const rtmp::ServerStatus&) override {}
  void OnRefused(const rtmp::ServerStatus&) override { ADD_FAILURE() << "refused"; }

  Engine engine_;
  SocketAddress address_;
  PublishGrant grant_;
  UniqueFd fd_;
  rtmp::ClientHandshake handshake_{FillRandom, 0, false};
  bool shakes_ = true;
  rtmp::ChunkReader reader_;
  rtmp::ClientSession session_;
  bool is_published_ = false;
  bool was_unpublished_ = false;
  uint32_t time_ = 0;
  std::vector<Event> ended_;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_PUSH_RIG_H_
