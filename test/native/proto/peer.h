// A test's end of an RTMP connection: makes the messages of a client, keeps what a server session reports and shows
// what it sent, one line a message:
//   control:  "2 chunk_size 60000"          (chunk stream, name, values)
//   command:  "3/0 _result 1 null 1"        (chunk stream / message stream, AMF0)
//   data:     "5/1 data '|RtmpSampleAccess' true true"
// Lifetime: of a test. Thread rule: one thread.
#ifndef WEIR_TEST_NATIVE_PROTO_PEER_H_
#define WEIR_TEST_NATIVE_PROTO_PEER_H_

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/server_session.h"
#include "test/native/proto/recording_sink.h"
#include "test/native/support/amf.h"
#include "test/native/support/amf_literals.h"

namespace weir::test {

inline std::string ShowSent(const rtmp::Message& message) {
  const std::string csid = std::to_string(message.csid);
  const ByteView payload = message.payload;
  const auto word = [&payload](size_t at) { return std::to_string(LoadBe32(payload.data() + at)); };
  switch (message.type) {
    case rtmp::kTypeSetChunkSize:
      return csid + " chunk_size " + word(0);
    case rtmp::kTypeAck:
      return csid + " ack " + word(0);
    case rtmp::kTypeWindowAckSize:
      return csid + " window " + word(0);
    case rtmp::kTypeSetPeerBandwidth:
      return csid + " bandwidth " + word(0) + "/" + std::to_string(payload[4]);
    case rtmp::kTypeUserControl:
      return csid + " event " + std::to_string(LoadBe16(payload.data())) + " " + word(2);
    default:
      break;
  }
  std::string amf = ShowAmf(payload);
  // The name of a command without its quotes.
  if (message.type == rtmp::kTypeCommand)
    amf = amf.substr(1, amf.find('\'', 1) - 1) + amf.substr(amf.find('\'', 1) + 1);
  return csid + "/" + std::to_string(message.stream_id) + (message.type == rtmp::kTypeData ? " data " : " ") + amf;
}

class Peer {
 public:
  Reason Send(const rtmp::Message& message) {
    const Buffer own(message.payload.begin(), message.payload.end());
    rtmp::Message copy = message;
    copy.payload = own;
    return session.Input(copy, out_, sink);
  }
  Reason Call(uint32_t stream_id, std::string_view name, std::initializer_list<Buffer> arguments) {
    const Buffer body = CommandBody(name, arguments);
    return Send({.type = rtmp::kTypeCommand, .csid = 3, .stream_id = stream_id, .timestamp = 0, .payload = body});
  }
  // Past the connect that every client begins with.
  void Connect() {
    EXPECT_EQ(Call(0, "connect", {Number(1), Object({{"app", Text("live")}, {"tcUrl", Text("rtmp://h/live")}})}),
              Reason::kNone);
    session.AcceptConnect({.server = "weir/1"}, 60000, out_);
    Sent();
    sink.log.clear();
  }
  // A publisher (or player) of "s" on message stream 1.
  void Publish() {
    Connect();
    EXPECT_EQ(Call(0, "createStream", {Number(2), Null()}), Reason::kNone);
    EXPECT_EQ(Call(1, "publish", {Number(3), Null(), Text("s"), Text("live")}), Reason::kNone);
    session.AcceptPublish(out_);
    Sent();
    sink.log.clear();
  }
  void Play() {
    Connect();
    EXPECT_EQ(Call(0, "createStream", {Number(2), Null()}), Reason::kNone);
    EXPECT_EQ(Call(1, "play", {Number(0), Null(), Text("s")}), Reason::kNone);
    session.AcceptPlay(out_);
    Sent();
    sink.log.clear();
  }

  // What the session sent since the last call.
  std::string Sent() {
    std::string text;
    ByteView in(out_);
    while (reader_.Next(in) == rtmp::ChunkReader::Step::kMessage) {
      const rtmp::Message message = reader_.message();
      EXPECT_TRUE(message.csid == 2 || message.csid == 3 || message.csid == 5 || message.csid == 8);
      EXPECT_EQ(message.timestamp, 0u);
      text += ShowSent(message) + "\n";
    }
    EXPECT_EQ(reader_.reason(), Reason::kNone);
    out_.clear();
    return text;
  }
  std::string Reported() {
    std::string log;
    log.swap(sink.log);
    return log;
  }

  Buffer& out() { return out_; }

  rtmp::ServerSession session;
  RecordingSink sink;

 private:
  Buffer out_;
  rtmp::ChunkReader reader_;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_PROTO_PEER_H_
