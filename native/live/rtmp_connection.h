// RtmpConnection: a client that connected to us over RTMP: handshake, session, then a publisher or a player, as often
// as it likes. Requests become events for TypeScript; until the decision nothing more is read. Lifetime: owned by its
// shard. Thread rule: its shard's thread.
#ifndef WEIR_LIVE_RTMP_CONNECTION_H_
#define WEIR_LIVE_RTMP_CONNECTION_H_

#include <memory>

#include "live/event.h"
#include "live/rtmp_prelude.h"
#include "live/subscriber.h"
#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/handshake.h"
#include "proto/rtmp/server_session.h"

namespace weir {

class RtmpConnection final : public Subscriber, private rtmp::ServerSessionSink {
 public:
  RtmpConnection(Shard& shard, UniqueFd fd, uint64_t id);
  ~RtmpConnection() override;

  bool Decide(const Decision& decision) override;
  void SayGoodbye(Reason reason) override;
  void AskToReconnect() override;
  void Sweep(Millis now) override;
  const StreamKey* key() const override;
  void Regrant(const PublishGrant& grant) override;
  bool announced() const override { return announced_; }
  bool FindRole(ConnectionRole& role) const override;
  bool Collect(ConnectionStats& stats, Millis now) const override;

 private:
  enum class Pending : uint8_t { kNone, kConnect, kPublish, kPlay };
  // What only some need, and not for long: handshake, input that waits for a decision, what a publisher has.
  struct Stage;

  void OnBytes(ByteView bytes) override;
  void OnClosing(Reason reason) override;
  void OnMoved() override;
  uint64_t RateBytes() const override { return publishes() ? bytes_in() : bytes_out(); }
  void WritePrelude(const Entry& entry) override;
  int64_t EndsAt(const Entry& first) override;
  void OnEnd() override;

  void OnConnect(const rtmp::ConnectRequest& request) override;
  void OnPublish(const rtmp::PublishRequest& request) override;
  void OnPlay(const rtmp::PlayRequest& request) override;
  void OnMedia(const rtmp::Message& message) override;
  void OnStreamEnd(rtmp::StreamEnd cause) override;
  void OnPause(bool is_paused) override;
  void OnReceiveAudio(bool wanted) override;
  void OnReceiveVideo(bool wanted) override;

  void ReadMessages(ByteView bytes);
  void Ask(Event event, Pending pending);
  void Resume();
  void Reject(const Rejected& rejection);
  void RefuseStream(const Rejected& rejection);
  void StartPublish(const PublishGrant& grant);
  void ClaimStream();
  void StartPlay(const PlayGrant& grant);
  void LeaveStream(Reason reason);
  void Tell(Event::Type type, Reason reason);
  Event MakeEvent(Event::Type type) const;

  bool publishes() const;
  Stage& stage();
  void LeaveStage();

  rtmp::ChunkReader reader_;
  rtmp::ServerSession session_;
  std::unique_ptr<Stage> stage_;  // players have none: each of their bytes counts
  Stream* stream_ = nullptr;      // of which it is a counted user
  RtmpClock clock_;
  Pending pending_ = Pending::kNone;
  bool announced_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_RTMP_CONNECTION_H_
