// FormatLog: a stream's log in one wire format: the encoder, the log, and which headers hold where in it. Adding a
// format adds one subclass and touches no other. Lifetime: its stream's, from its first reader on. Thread rule: the
// writer's calls on the stream's home, the rest anywhere.
#ifndef WEIR_LIVE_FORMAT_LOG_H_
#define WEIR_LIVE_FORMAT_LOG_H_

#include <deque>
#include <memory>
#include <mutex>

#include "base/bytes.h"
#include "base/counter.h"
#include "live/grant.h"
#include "live/headers.h"
#include "log/stream_log.h"

namespace weir {

// kTsAudio and kTsVideo have one track alone: the program tables of MPEG-TS name the tracks, so that a reader can't
// leave one out as readers of FLV do. Of kFmp4 HLS is made, the others somebody plays.
enum class Format : uint8_t { kRtmp, kFlv, kWsFlv, kTs, kFmp4, kTsAudio, kTsVideo };
inline constexpr int kFormats = 7;
constexpr bool IsTs(Format format) {
  return format == Format::kTs || format == Format::kTsAudio || format == Format::kTsVideo;
}

// What events and statistics tell apart, and how they name it.
inline constexpr int kPlayProtocols = 4;
inline constexpr const char* kPlayProtocolNames[kPlayProtocols] = {"rtmp", "flv", "ws-flv", "ts"};
constexpr size_t PlayProtocolOf(Format format) { return static_cast<size_t>(IsTs(format) ? Format::kTs : format); }

// A message of the publisher, classified, its time corrected.
struct MediaFrame {
  Track track;
  uint8_t type;  // of the RTMP message, which is that of the FLV tag
  ByteView payload;
  bool is_key;
  int64_t dts;
};

class FormatLog {
 public:
  explicit FormatLog(MemoryBudget& budget) : log_(budget) {}
  virtual ~FormatLog() = default;
  FormatLog(const FormatLog&) = delete;
  FormatLog& operator=(const FormatLog&) = delete;

  // Home. A publisher comes, and goes: what waited for more of him is written then.
  virtual void BeginPublish(const PublishGrant& grant) { log_.set_memory_limit(grant.log_memory); }
  virtual void EndPublish() {}
  // Other rules for whoever publishes.
  virtual void Regrant(const PublishGrant& grant) { log_.set_memory_limit(grant.log_memory); }
  // Encodes and appends; `headers` hold from this frame on, `changed` if they are new with it. False when memory
  // is short.
  [[nodiscard]] virtual bool Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) = 0;
  StreamLog& log() { return log_; }

  // Any thread.
  Counter refusals;  // of codecs that the format can't carry, one for each change of codec
  const StreamLog& log() const { return log_; }
  // The headers that hold at the entry at `offset`; null before the first entry.
  std::shared_ptr<const StreamHeaders> HeadersAt(uint64_t offset) const;

 protected:
  // The headers hold from the entry on that will lie at the log's tail.
  void KeepHeaders(const StreamHeaders& headers);

 private:
  static constexpr size_t kKeptSnapshots = 64;

  struct Snapshot {
    uint64_t offset;
    std::shared_ptr<const StreamHeaders> headers;
  };

  StreamLog log_;
  // Guarded by mutex_; taken when headers change and when a reader needs a prelude.
  mutable std::mutex mutex_;
  std::deque<Snapshot> snapshots_;
};

}  // namespace weir

#endif  // WEIR_LIVE_FORMAT_LOG_H_
