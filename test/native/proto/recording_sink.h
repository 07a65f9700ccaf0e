// Keeps what a server session reports, one line a report.
// Lifetime: of a test. Thread rule: one thread.
#ifndef WEIR_TEST_NATIVE_PROTO_RECORDING_SINK_H_
#define WEIR_TEST_NATIVE_PROTO_RECORDING_SINK_H_

#include <cstdio>
#include <string>

#include "proto/rtmp/server_session_sink.h"
#include "test/native/support/amf.h"

namespace weir::test {

class RecordingSink : public rtmp::ServerSessionSink {
 public:
  void OnConnect(const rtmp::ConnectRequest& r) override {
    std::string line =
        "connect tcUrl=" + std::string(r.tc_url) + " app=" + std::string(r.app) + " page=" + std::string(r.page_url);
    line += " encoding=" + std::to_string(static_cast<int>(r.object_encoding));
    for (const amf0::Value& argument : r.arguments) line += " " + test::Show(argument);
    Add(line);
  }
  void OnPublish(const rtmp::PublishRequest& r) override {
    Add("publish " + std::to_string(r.stream_id) + " '" + std::string(r.name) + "' " + std::string(r.type));
  }
  void OnPlay(const rtmp::PlayRequest& r) override {
    char numbers[64];
    std::snprintf(numbers, sizeof(numbers), " start=%g duration=%g reset=%d", r.start, r.duration_ms, r.reset);
    Add("play " + std::to_string(r.stream_id) + " '" + std::string(r.name) + "'" + numbers);
  }
  void OnMedia(const rtmp::Message& m) override {
    Add("media " + std::to_string(m.type) + "@" + std::to_string(m.timestamp) + " " + ToHex(m.payload));
  }
  void OnStreamEnd(rtmp::StreamEnd cause) override {
    constexpr const char* kNames[] = {"unpublished", "deleted", "closed", "replaced"};
    Add(std::string("end ") + kNames[static_cast<int>(cause)]);
  }
  void OnPause(bool is_paused) override { Add(is_paused ? "pause" : "unpause"); }
  void OnReceiveAudio(bool wanted) override { Add(wanted ? "audio on" : "audio off"); }
  void OnReceiveVideo(bool wanted) override { Add(wanted ? "video on" : "video off"); }

  std::string log;

 private:
  void Add(const std::string& line) { log += line + "\n"; }
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_PROTO_RECORDING_SINK_H_
