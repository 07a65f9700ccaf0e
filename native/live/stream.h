// Stream: one vhost/app/stream: its log, its publisher, and its players by shard (an Audience each).
// Lifetime: shared; made by the first publisher or player, freed when nobody is left. Thread rule: the publisher's side
// on the home shard only; what is marked so on any thread.
#ifndef WEIR_LIVE_STREAM_H_
#define WEIR_LIVE_STREAM_H_

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "live/audience.h"
#include "live/event.h"
#include "live/fragmenter.h"
#include "live/grant.h"
#include "live/rate_meter.h"
#include "live/rtmp_log.h"
#include "live/stream_writer.h"

namespace weir {

class Connection;
class Shard;

class Stream final : public std::enable_shared_from_this<Stream>, private FragmentSink {
 public:
  static constexpr int kMaxShards = 64;

  Stream(StreamKey key, Shard& home, MemoryBudget& budget, const std::string& server);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Any thread.
  const StreamKey& key() const { return key_; }
  Shard& home() { return home_; }
  const StreamWriter& writer() const { return writer_; }
  // Somebody publishes, or is expected back.
  bool alive() const { return alive_.load(std::memory_order_acquire); }
  StreamStats Snapshot(Millis now) const;
  uint64_t bytes_out() const;
  // Adds what the stream moved so far.
  void AddTo(VhostStats& sums) const;

  // The log of a format, null while nobody asked for it.
  FormatLog* LogOf(Format format) const {
    return formats_[static_cast<size_t>(format)].load(std::memory_order_acquire);
  }
  // Where in the rtmp log the newest publish begins.
  uint64_t publish_offset() const { return publish_offset_.load(std::memory_order_acquire); }

  // The players of that shard; made at first use. Called on that shard. REQUIRES: the format is open.
  Audience& AudienceOn(Shard& shard, Format format);

  // Home shard.
  // Makes the log of a format, from the GOP on, if there is none yet.
  FormatLog& OpenFormat(Format format);
  Connection* publisher() { return publisher_; }
  void BeginPublish(Connection& publisher, const std::string& ip, const PublishGrant& grant, Millis now);
  // Other rules from now on, whoever publishes or plays.
  void Regrant(const PublishGrant& grant);
  void Write(const rtmp::Message& message, Millis now);
  // First step of the end: what waits of the publish is written and told.
  void EndMedia();
  // `is_replaced`: BeginPublish follows at once.
  void EndPublish(Millis now, bool is_replaced);
  // For a publisher to return.
  void StopWaiting();
  // Rates, notices, and the end of republish_wait. Called a few times a second.
  void Sweep(Millis now);

 private:
  void AddCodecs(StreamStats& stats) const;
  template <class Visit>
  void ForEachAudience(Visit visit) const;
  void NotifyAudiences();
  bool ReportNotices();
  void BeginWaiting();
  void OnPart(const Facts& facts, HeldRange range) override;
  void OnFragment(const Facts& facts, HeldRange range) override;
  void OnInit(uint32_t version, ByteView bytes, const std::string& codecs) override;
  void TellEnd();
  void TellCut(Event::Type type, const Facts& facts, HeldRange range);

  const StreamKey key_;
  Shard& home_;
  const int shard_count_;  // a stream may outlive its home, when the engine ends
  MemoryBudget& budget_;
  RtmpLog rtmp_;
  StreamWriter writer_;
  // Home shard.
  Connection* publisher_ = nullptr;
  PublishGrant grant_;
  uint64_t publishes_ = 0;
  Millis waits_until_ = 0;    // for a publisher to return; 0: does not wait
  bool is_own_user_ = false;  // it waits, and is there for HLS though nobody plays
  Millis sampled_at_ = 0;
  uint64_t gops_dropped_seen_ = 0;
  uint64_t drops_seen_ = 0;
  uint64_t refusals_seen_ = 0;
  uint64_t skips_seen_ = 0;
  Millis noticed_at_ = 0;
  // Any thread.
  std::atomic<bool> alive_{false};
  std::atomic<Millis> published_at_{0};
  std::atomic<uint64_t> publish_offset_{0};
  RateMeter in_rate_;
  RateMeter out_rate_;
  std::array<std::atomic<FormatLog*>, kFormats> formats_{};
  // By format and shard.
  const std::unique_ptr<std::atomic<Audience*>[]> audiences_;
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  uint64_t publisher_id_ = 0;
  std::string publisher_ip_;
};

}  // namespace weir

#endif  // WEIR_LIVE_STREAM_H_
