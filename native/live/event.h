// Event: one thing that TypeScript is told; EventQueue: those that wait for it. The doorbell is rung only when the
// queue becomes not empty. What may be lost in a flood (turned away, notices) is bounded and counted; `closed`, and
// ranges that are held, never are. Lifetime: the queue is the engine's. Thread rule: any thread pushes, the main thread
// takes.
#ifndef WEIR_LIVE_EVENT_H_
#define WEIR_LIVE_EVENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/reason.h"
#include "live/cutter.h"
#include "live/grant.h"
#include "live/stats.h"

namespace weir {

// What is told of a stream that is cut: a fragment, a part or an init segment.
struct CutFacts {
  Cutter::Piece piece;
  uint64_t range = 0;  // that is held for it
  uint64_t publish = 0;
  uint64_t bytes = 0;
  uint32_t init_version = 0;
  int64_t log_bytes = 0;
  Buffer init;
  std::string codecs;
};

struct RecordFacts;

struct Event {
  enum class Type : uint8_t {
    kConnect,
    kPublish,
    kPlay,
    kPublished,
    kUnpublished,
    kPlaying,
    kStopped,
    kRefused,
    kClosed,
    kTurnedAway,
    kNotice,
    kConnectionStats,
    kViewerLeft,
    kFragment,
    kPart,
    kHlsInit,
    kStreamEnded,
    kPushing,
    kPushEnded,
    kPullEnded,
    kRecordNext,
    kRecordFile,
    kRecordGap,
    kRecordEnd,
  };
  enum class Notice : uint8_t { kSkipped, kGopDropped, kDataDropped, kCodecUnsupported };

  explicit Event(Type type_of, uint64_t connection_of = 0) : type(type_of), connection(connection_of) {}

  Type type;
  uint64_t connection;
  Reason reason = Reason::kNone;
  Notice notice = Notice::kSkipped;
  std::string ip;
  uint16_t port = 0;
  StreamKey key;
  std::string name;  // of the stream as it was asked for; over HTTP the path; of a push or pull what its server said
  std::string protocol;  // rtmp, flv, ws-flv
  std::string query;     // over HTTP
  std::string host;
  std::string tc_url;
  std::string app;
  std::string page_url;
  std::string swf_url;
  std::string flash_version;
  std::string relay_path;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t count = 0;  // notices; turned-away connections that were only counted; the number of a statistics request
  Millis duration = 0;
  uint64_t view = 0;  // whose viewer asks, or left
  bool again = false;
  std::vector<ConnectionStats> connections;  // of a page of `total`
  uint64_t total = 0;
  std::shared_ptr<const CutFacts> cut;
  std::shared_ptr<const RecordFacts> record;
};

class EventQueue {
 public:
  // More than this many waiting: events that may be lost are counted instead.
  static constexpr size_t kLossyLimit = 1024;
  // A request that finds so many waiting is refused: the main thread does not keep up.
  static constexpr size_t kRequestLimit = 65536;

  explicit EventQueue(std::function<void()> doorbell) : doorbell_(std::move(doorbell)) {}

  void Push(Event event) { PushIfBelow(SIZE_MAX, std::move(event)); }
  [[nodiscard]] bool PushRequest(Event event) { return PushIfBelow(kRequestLimit, std::move(event)); }
  // False: it was counted only.
  bool PushLossy(Event event) {
    if (PushIfBelow(kLossyLimit, std::move(event))) return true;
    std::lock_guard lock(mutex_);
    ++missed_;
    return false;
  }
  std::vector<Event> Take() {
    std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }
  uint64_t missed() const {
    std::lock_guard lock(mutex_);
    return missed_;
  }

 private:
  bool PushIfBelow(size_t limit, Event event) {
    bool ring;
    {
      std::lock_guard lock(mutex_);
      if (events_.size() >= limit) return false;
      ring = events_.empty();
      events_.push_back(std::move(event));
    }
    if (ring) doorbell_();
    return true;
  }

  const std::function<void()> doorbell_;
  mutable std::mutex mutex_;
  std::vector<Event> events_;
  uint64_t missed_ = 0;
};

}  // namespace weir

#endif  // WEIR_LIVE_EVENT_H_
