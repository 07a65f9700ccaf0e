// A whole connection without a socket: handshake, chunk reader and server session on any bytes, cut by the input, with
// decisions that the input makes too. Then the same bytes as a server's, read by our client.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "media/frame.h"
#include "media/metadata.h"
#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/client_session.h"
#include "proto/rtmp/handshake.h"
#include "proto/rtmp/server_session.h"
#include "test/fuzz/pieces.h"

namespace weir {
namespace {

void FillZero(uint8_t* out, size_t size) { std::fill_n(out, size, uint8_t{0}); }

void Check(bool holds) {
  if (!holds) std::abort();
}

// Takes media as the engine does.
class Sink : public rtmp::ServerSessionSink {
 public:
  void OnConnect(const rtmp::ConnectRequest& request) override { Check(request.app.size() <= rtmp::kMaxName); }
  void OnPublish(const rtmp::PublishRequest& request) override {
    Check(request.name.size() <= rtmp::kMaxName);
    wanted = rtmp::Role::kPublisher;
  }
  void OnPlay(const rtmp::PlayRequest& request) override {
    Check(request.name.size() <= rtmp::kMaxName);
    wanted = rtmp::Role::kPlayer;
  }
  void OnMedia(const rtmp::Message& message) override {
    (void)ClassifyFrame(message.type, message.payload);
    if (message.type != rtmp::kTypeData) return;
    Buffer out;
    MetadataFacts facts;
    if (ClassifyData(message.payload).kind == DataKind::kMetadata)
      (void)RewriteMetadata(message.payload, "weir/0", out, facts);
  }
  void OnStreamEnd(rtmp::StreamEnd) override {}
  void OnPause(bool) override {}
  void OnReceiveAudio(bool) override {}
  void OnReceiveVideo(bool) override {}

  rtmp::Role wanted = rtmp::Role::kNone;
};

class Connection {
 public:
  explicit Connection(uint8_t decisions) : decisions_(decisions) {}

  // False when the connection would be closed.
  bool Feed(ByteView in) {
    session_.CountReceived(in.size(), out_);
    if (handshake_ != nullptr && !Shake(in)) return false;
    while (handshake_ == nullptr) {
      const rtmp::ChunkReader::Step step = reader_.Next(in);
      if (step != rtmp::ChunkReader::Step::kMessage) return step == rtmp::ChunkReader::Step::kMore;
      if (session_.Input(reader_.message(), out_, sink_) != Reason::kNone) return false;
      if (session_.waiting()) Decide();
      CheckOutput();
    }
    return true;
  }
  void End() {
    session_.Shutdown(out_);
    CheckOutput();
  }

 private:
  bool Shake(ByteView& in) {
    const rtmp::HandshakeStep step = handshake_->Next(in, out_);
    if (step == rtmp::HandshakeStep::kBroken) return false;
    out_.clear();
    if (step == rtmp::HandshakeStep::kDone) handshake_.reset();
    return true;
  }

  // Accepts, and refuses where a bit of the input says so.
  void Decide() {
    const bool refuses = (decisions_ & 1) != 0;
    decisions_ >>= 1;
    if (!session_.connected()) {
      if (refuses) return session_.RejectConnect("NetConnection.Connect.Rejected", "no", out_);
      return session_.AcceptConnect({.server = "weir/0"}, 60000, out_);
    }
    if (sink_.wanted == rtmp::Role::kPlayer) {
      if (refuses) return session_.RejectPlay("NetStream.Play.Failed", "no", out_);
      session_.AcceptPlay(out_);
      return reader_.ReleaseBuffers();
    }
    if (refuses) return session_.RejectPublish("NetStream.Publish.BadName", "no", out_);
    session_.AcceptPublish(out_);
    reader_.set_limits({.max_message = 1 << 20, .max_chunk_streams = 64});
  }

  // What we write is well-formed, and no message asks for an endless answer.
  void CheckOutput() {
    Check(out_.size() < 100'000);
    ByteView in(out_);
    while (sent_.Next(in) == rtmp::ChunkReader::Step::kMessage) {
    }
    Check(in.empty() && sent_.reason() == Reason::kNone);
    out_.clear();
  }

  uint8_t decisions_;
  Sink sink_;
  Buffer out_;
  std::unique_ptr<rtmp::ServerHandshake> handshake_ = std::make_unique<rtmp::ServerHandshake>(FillZero, 0);
  rtmp::ChunkReader reader_;
  rtmp::ServerSession session_;
  rtmp::ChunkReader sent_;
};

class ClientSink : public rtmp::ClientSessionSink {
 public:
  void OnReady(uint32_t) override {}
  void OnMedia(const rtmp::Message&) override {}
  void OnStatus(const rtmp::ServerStatus&) override {}
  void OnRefused(const rtmp::ServerStatus&) override {}
};

void RunClient(ByteView input) {
  rtmp::ChunkReader reader;
  rtmp::ClientSession session;
  ClientSink sink;
  Buffer out;
  session.Start({.tc_url = "rtmp://h/a", .app = "a", .stream = "s", .publish = input.size() % 2 == 0}, out);
  fuzz::ForEachPiece(input, [&](ByteView in) {
    while (true) {
      const rtmp::ChunkReader::Step step = reader.Next(in);
      if (step != rtmp::ChunkReader::Step::kMessage) return step == rtmp::ChunkReader::Step::kMore;
      if (session.Input(reader.message(), out, sink) != Reason::kNone) return false;
      out.clear();
    }
  });
}

}  // namespace
}  // namespace weir

// First byte: how to cut (see pieces.h). Second byte: the decisions. Then what the client sends, C0 first.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  weir::Buffer input(data, data + size);
  const uint8_t decisions = input[1];
  input.erase(input.begin() + 1);

  weir::Connection connection(decisions);
  weir::fuzz::ForEachPiece(input, [&](weir::ByteView piece) { return connection.Feed(piece); });
  connection.End();

  weir::RunClient(input);
  // A fuzzer hardly finds its way through a handshake: the bytes are also tried from behind one.
  weir::Connection shaken(decisions);
  weir::Buffer handshake(1 + 2 * weir::rtmp::kHandshakeSize);
  handshake[0] = 3;
  shaken.Feed(handshake);
  weir::fuzz::ForEachPiece(input, [&](weir::ByteView piece) { return shaken.Feed(piece); });
  shaken.End();
  return 0;
}
