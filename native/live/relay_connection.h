// RelayConnection: a socket that we connected to another server: connect, handshake, and the dialogue of a client, up
// to where media may flow; the base of what copies a stream there and of what fetches one. How it ends TypeScript is
// told, which decides whether it is tried again. Lifetime: owned by its shard. Thread rule: its shard's thread.
#ifndef WEIR_LIVE_RELAY_CONNECTION_H_
#define WEIR_LIVE_RELAY_CONNECTION_H_

#include <optional>
#include <string>

#include "live/relay.h"
#include "live/subscriber.h"
#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/client_session.h"
#include "proto/rtmp/handshake.h"

namespace weir {

class RelayConnection : public Subscriber, protected rtmp::ClientSessionSink {
 public:
  // `fd` is being connected.
  RelayConnection(Shard& shard, UniqueFd fd, uint64_t id, RelayPeer peer);

  void OnIo(uint32_t events) override;
  bool announced() const override { return true; }

 protected:
  void OnBytes(ByteView bytes) override;
  void OnReady(uint32_t) override {}
  void OnStatus(const rtmp::ServerStatus& status) override;
  void OnRefused(const rtmp::ServerStatus& status) override;

  // What is asked of the other server.
  virtual rtmp::ClientRequest Request() const = 0;
  virtual void OnConnected() {}
  // All that came so far is read.
  virtual void AfterInput() {}
  // The messages behind the last one have to wait; they are kept.
  virtual bool holds_messages() const { return false; }

  // False: it has ended.
  bool ReadMessages(ByteView bytes);
  // Those that had to wait.
  bool ReadHeldMessages();
  // Says goodbye to the server.
  void Finish(Reason reason);
  void FinishLater(Reason reason) { refusal_ = reason; }

  bool is_talking() const { return !is_connecting_ && !handshake_; }
  const RelayPeer& server() const { return server_; }
  const std::string& message() const { return message_; }
  rtmp::ChunkReader& reader() { return reader_; }
  rtmp::ClientSession& session() { return session_; }

 private:
  void BeginHandshake();
  bool Shake(ByteView& bytes);

  const RelayPeer server_;
  bool is_connecting_ = true;
  std::optional<rtmp::ClientHandshake> handshake_;
  rtmp::ChunkReader reader_;
  rtmp::ClientSession session_;
  Buffer unread_;
  Reason refusal_ = Reason::kNone;
  std::string message_;  // what the server, or the kernel, said about the failure
};

}  // namespace weir

#endif  // WEIR_LIVE_RELAY_CONNECTION_H_
