// PushConnection: publishes a stream of ours at another server: a cursor on the stream's log like that of any player.
// It never harms the publisher: a slow target is skipped ahead. Lifetime: owned by its shard. Thread rule: its shard's
// thread.
#ifndef WEIR_LIVE_PUSH_CONNECTION_H_
#define WEIR_LIVE_PUSH_CONNECTION_H_

#include "live/relay_connection.h"
#include "live/rtmp_prelude.h"

namespace weir {

class PushConnection final : public RelayConnection {
 public:
  PushConnection(Shard& shard, UniqueFd fd, uint64_t id, Push push);

  bool Decide(const Decision&) override { return false; }
  // kFinished: what the log has is sent first.
  void SayGoodbye(Reason reason) override;
  const StreamKey* key() const override { return &grant_.key; }
  void FillEnd(Event& event) const override;
  bool is_relay() const override { return true; }

 private:
  void OnClosing(Reason reason) override;
  void WritePrelude(const Entry& entry) override;
  bool FindRole(ConnectionRole& role) const override;
  int64_t EndsAt(const Entry&) override { return INT64_MAX; }
  void OnEnd() override { Finish(Reason::kFinished); }
  void OnMedia(const rtmp::Message&) override {}
  rtmp::ClientRequest Request() const override;
  void OnConnected() override;
  void AfterInput() override;

  const StreamGrant grant_;
  Stream* stream_ = nullptr;  // of which it is a counted user
  RtmpClock clock_;
};

}  // namespace weir

#endif  // WEIR_LIVE_PUSH_CONNECTION_H_
