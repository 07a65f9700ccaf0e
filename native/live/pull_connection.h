// PullConnection: plays a stream of another server and publishes it here. With the first frame it asks to publish, as
// an encoder would, and is from then on a publisher like any other; a source that sends nothing holds no stream.
// Lifetime: owned by its shard. Thread rule: its shard's thread, that of the stream's home once it publishes.
#ifndef WEIR_LIVE_PULL_CONNECTION_H_
#define WEIR_LIVE_PULL_CONNECTION_H_

#include <optional>
#include <string>
#include <vector>

#include "live/event.h"
#include "live/publishing.h"
#include "live/relay_connection.h"
#include "live/stream.h"

namespace weir {

class PullConnection final : public RelayConnection {
 public:
  PullConnection(Shard& shard, UniqueFd fd, uint64_t id, Pull pull);

  bool Decide(const Decision& decision) override;
  void SayGoodbye(Reason reason) override { Finish(reason); }
  void Sweep(Millis now) override;
  const StreamKey* key() const override { return stream_ == nullptr ? nullptr : &stream_->key(); }
  void Regrant(const PublishGrant& grant) override;
  void FillEnd(Event& event) const override;
  bool FindRole(ConnectionRole& role) const override;
  bool Collect(ConnectionStats& stats, Millis now) const override;

 private:
  // What came before the decision.
  struct Early {
    uint8_t type;
    uint32_t timestamp;
    Buffer payload;
  };

  void OnClosing(Reason reason) override;
  void OnMoved() override;
  uint64_t RateBytes() const override { return bytes_in(); }
  rtmp::ClientRequest Request() const override { return {}; }
  bool holds_messages() const override { return is_asking_; }
  void OnReady(uint32_t stream_id) override;
  void OnStatus(const rtmp::ServerStatus& status) override;
  void OnMedia(const rtmp::Message& message) override;
  // It is nobody's player here.
  void WritePrelude(const Entry&) override {}
  int64_t EndsAt(const Entry&) override { return INT64_MAX; }
  void OnEnd() override {}

  bool publishes() const { return publishing_ && stream_ != nullptr && stream_->publisher() == this; }
  void KeepEarly(const rtmp::Message& message);
  void Ask();
  void Claim();
  void Refuse(Reason reason);
  void LeaveStream(Reason reason);
  void Tell(Event::Type type, Reason reason);

  const Pull pull_;
  bool is_asking_ = false;
  bool has_asked_ = false;
  std::vector<Early> early_;
  std::optional<Publishing> publishing_;
  Stream* stream_ = nullptr;  // of which it is a counted user
};

}  // namespace weir

#endif  // WEIR_LIVE_PULL_CONNECTION_H_
