// PushConnection: a socket that we connected to another server, to publish a stream there: connect, handshake, the
// dialogue of an encoder, then a cursor on the stream's log like that of any player. It never harms the publisher: a
// slow target is skipped ahead. How it ends TypeScript is told, which decides whether it is tried again. Lifetime:
// owned by its shard. Thread rule: its shard's thread.
#ifndef WEIR_LIVE_PUSH_CONNECTION_H_
#define WEIR_LIVE_PUSH_CONNECTION_H_

#include <memory>
#include <optional>
#include <string>

#include "live/push.h"
#include "live/rtmp_prelude.h"
#include "live/subscriber.h"
#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/client_session.h"
#include "proto/rtmp/handshake.h"

namespace weir {

class PushConnection final : public Subscriber, private rtmp::ClientSessionSink {
 public:
  // `fd` is being connected.
  PushConnection(Shard& shard, UniqueFd fd, uint64_t id, Push push);
  ~PushConnection() override;

  void OnIo(uint32_t events) override;
  bool Decide(const Decision&) override { return false; }
  // kFinished: what the log has is sent first.
  void SayGoodbye(Reason reason) override;
  const StreamKey* key() const override { return &push_.grant.key; }
  bool announced() const override { return true; }
  void FillEnd(Event& event) const override;
  bool is_relay() const override { return true; }

 private:
  void OnBytes(ByteView bytes) override;
  void OnClosing(Reason reason) override;
  void WritePrelude(const Entry& entry) override;
  bool FindRole(ConnectionRole& role) const override;
  int64_t EndsAt(const Entry&) override { return INT64_MAX; }
  void OnEnd() override { Finish(Reason::kFinished); }

  void OnReady(uint32_t) override {}
  void OnMedia(const rtmp::Message&) override {}
  void OnStatus(const rtmp::ServerStatus& status) override;
  void OnRefused(const rtmp::ServerStatus& status) override;

  void BeginHandshake();
  bool Shake(ByteView& bytes);
  bool ReadMessages(ByteView bytes);
  void BeginMedia();
  void Finish(Reason reason);

  const Push push_;
  bool is_connecting_ = true;
  std::optional<rtmp::ClientHandshake> handshake_;
  rtmp::ChunkReader reader_;
  rtmp::ClientSession session_;
  Stream* stream_ = nullptr;  // of which it is a counted user
  RtmpClock clock_;
  Reason refusal_ = Reason::kNone;
  std::string message_;  // what the target, or the kernel, said about the failure
};

}  // namespace weir

#endif  // WEIR_LIVE_PUSH_CONNECTION_H_
