// The client's side of an RTMP connection after the handshake: connects, opens one message stream, publishes or plays
// on it. Sans-IO. Lifetime: one connection. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_RTMP_CLIENT_SESSION_H_
#define WEIR_PROTO_RTMP_CLIENT_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/reason.h"
#include "proto/rtmp/message.h"

namespace weir::rtmp {

struct ClientRequest {
  std::string tc_url;  // rtmp://host[:port]/app[?query]
  std::string app;
  std::string stream;
  bool publish = false;
  std::string relay_path = {};  // the identities of what it has passed through; empty: it is no copy
  std::string flash_version = "FMLE/3.0 (compatible; weir)";
  uint32_t chunk_size = 60000;  // that we announce and send with
};

struct ServerStatus {
  std::string_view level;
  std::string_view code;
  std::string_view description;
};

class ClientSessionSink {
 public:
  virtual ~ClientSessionSink() = default;

  // Publish.Start or Play.Start came: media may flow on that message stream.
  virtual void OnReady(uint32_t stream_id) = 0;
  // Audio, video or data while playing; aggregates come unpacked.
  virtual void OnMedia(const Message& message) = 0;
  // Every onStatus, also the one that leads to OnReady or OnRefused.
  virtual void OnStatus(const ServerStatus& status) = 0;
  // _error, or onStatus of level "error" before OnReady. The connection is of no use any more.
  virtual void OnRefused(const ServerStatus& status) = 0;
};

class ClientSession {
 public:
  ClientSession() = default;
  ClientSession(const ClientSession&) = delete;
  ClientSession& operator=(const ClientSession&) = delete;

  // Appends connect. REQUIRES: called once, when the handshake is done.
  void Start(ClientRequest request, Buffer& out);
  // One message from the server. Anything but kNone: close the connection for that reason.
  [[nodiscard]] Reason Input(const Message& message, Buffer& out, ClientSessionSink& sink);
  // Counts received bytes, handshake included, and acknowledges when half of the server's window is full.
  void CountReceived(size_t bytes, Buffer& out);
  // Appends a message of the published stream.
  void SendMedia(uint8_t type, uint32_t timestamp, ByteView payload, Buffer& out) const;
  // FCUnpublish and deleteStream, or deleteStream alone.
  void Stop(Buffer& out);

  bool ready() const { return state_ == State::kReady; }
  uint32_t stream_id() const { return stream_id_; }
  uint32_t chunk_size() const { return chunk_size_; }
  // Whoever sent a SetChunkSize beside the session calls this.
  void set_chunk_size(uint32_t size) { chunk_size_ = size; }

 private:
  enum class State : uint8_t { kIdle, kConnecting, kCreatingStream, kStarting, kReady, kEnded };

  Reason OnCommand(const Message& message, Buffer& out, ClientSessionSink& sink);
  Reason OnResult(double transaction, ByteView arguments, Buffer& out);
  void OnStatus(ByteView arguments, ClientSessionSink& sink);
  void OnError(double transaction, ByteView arguments, ClientSessionSink& sink);
  void OnControl(const Message& message, Buffer& out);
  void CreateStream(Buffer& out);
  void PublishOrPlay(Buffer& out);

  ClientRequest request_;
  State state_ = State::kIdle;
  uint32_t stream_id_ = 0;
  uint32_t chunk_size_ = kDefaultChunkSize;
  uint32_t window_ = 0;  // 0: the server wants no acknowledgements
  uint32_t received_ = 0;
  uint32_t acknowledged_ = 0;
};

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_CLIENT_SESSION_H_
