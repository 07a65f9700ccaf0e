// Audience: the players of one stream, in one wire format, on one shard: their cursors' segments, and which of them can
// take bytes. Lifetime: the stream's, from its first player on that shard until the stream goes. Thread rule: its
// shard's thread, but Notify (the stream's home) and the counters (any).
#ifndef WEIR_LIVE_AUDIENCE_H_
#define WEIR_LIVE_AUDIENCE_H_

#include <atomic>

#include "base/clock.h"
#include "base/counter.h"
#include "base/list.h"
#include "base/reason.h"
#include "live/format_log.h"
#include "live/grant.h"
#include "live/roles.h"
#include "log/segment_holder.h"

namespace weir {

class Shard;
class Stream;
class Subscriber;

class Audience {
 public:
  Audience(Stream& stream, FormatLog& format, Shard& shard);
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;

  Stream& stream() { return stream_; }
  const FormatLog& format() const { return format_; }
  const StreamLog& log() const { return format_.log(); }
  Shard& shard() { return shard_; }
  SegmentHolder& holder() { return holder_; }
  Millis queue_length() const { return queue_length_; }
  Millis send_timeout() const { return send_timeout_; }
  bool min_latency() const { return min_latency_; }
  // Microseconds between flushes; negative: the shard's adaptive rounds.
  Micros interval() const { return interval_; }

  void Configure(const StreamGrant& grant);
  // The same, for those who are there too.
  void Reconfigure(const StreamGrant& grant);
  void Add(Subscriber& subscriber);
  void Remove(Subscriber& subscriber);
  // Told by the subscriber after a flush.
  void PutReady(Subscriber& subscriber);
  void PutBlocked(Subscriber& subscriber);

  // The stream has new bytes. Called by its home for every frame: one exchange unless the audience must be woken.
  void Notify();
  // A flush round begins: everyone who is ready will be served once.
  void BeginRound(Micros now);
  // Serves up to `budget` players of the round and lowers it. True when the round is over.
  bool FlushSome(int& budget);
  Micros round_began() const { return round_began_; }

  // Skips laggards, closes the dead. Called a few times a second.
  void Sweep(Millis now);
  void CloseAll(Reason reason);

  Counter players;
  Counter relays;  // that are among them
  Counter bytes_out;
  Counter skips;

 private:
  Stream& stream_;
  FormatLog& format_;
  Shard& shard_;
  SegmentHolder holder_;
  Millis queue_length_ = 30'000;
  Millis send_timeout_ = 30'000;
  Micros interval_ = -1;
  bool min_latency_ = false;
  Micros round_began_ = 0;
  List<Subscriber, InRole> ready_;    // have all there was, or the round will serve them
  List<Subscriber, InRole> pending_;  // of the round that goes on
  List<Subscriber, InRole> blocked_;  // wait for EPOLLOUT
  std::atomic<bool> notified_{false};
};

}  // namespace weir

#endif  // WEIR_LIVE_AUDIENCE_H_
