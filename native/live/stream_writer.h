// StreamWriter: takes a publisher's messages, classifies them, corrects their time and appends them to the rtmp log, encoded
// once with position-independent chunk headers (design 2.2).
// Lifetime: part of its stream, across publishers. Thread rule: the stream's home reactor; counters are read anywhere.
#ifndef WEIR_LIVE_STREAM_WRITER_H_
#define WEIR_LIVE_STREAM_WRITER_H_

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/counter.h"
#include "live/grant.h"
#include "live/headers.h"
#include "log/stream_log.h"
#include "media/frame.h"
#include "media/timeline.h"
#include "proto/rtmp/message.h"

namespace weir {

class StreamWriter {
 public:
  StreamWriter(StreamLog& log, std::string server) : log_(log), server_(std::move(server)) {}
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

  void Begin(const PublishGrant& grant);
  // True if the log grew.
  bool Write(const rtmp::Message& message, Millis now);

  // Any thread: the headers that hold at the entry at `offset`; null before the first entry.
  std::shared_ptr<const StreamHeaders> HeadersAt(uint64_t offset) const;

  // Any thread.
  Counter bytes;
  Counter video_frames;
  Counter audio_frames;
  Counter drops;  // messages that could not be read, or that memory did not suffice for
  std::atomic<uint32_t> video_codec{0};
  std::atomic<uint32_t> audio_codec{0};
  std::atomic<uint32_t> width{0};
  std::atomic<uint32_t> height{0};

 private:
  bool WriteFrame(const rtmp::Message& message, Millis now);
  bool WriteData(const rtmp::Message& message);
  void KeepConfig(Track track, const FrameInfo& info, ByteView payload);
  void KeepMetadata(ByteView payload);
  bool Append(Track track, uint8_t type, ByteView payload, bool is_key, int64_t dts);
  bool AppendEntry(Track track, uint8_t type, ByteView payload, Entry entry);
  void AnchorIdleTracks(bool at_key, int64_t dts);
  void Publish(uint64_t offset);

  StreamLog& log_;
  const std::string server_;
  Timeline timeline_;
  StreamHeaders headers_;      // as the next entry will need them
  bool may_be_absolute_ = false;  // if the metadata ask for it
  bool headers_changed_ = true;
  bool wants_rebase_ = true;
  int64_t previous_[kTracks] = {};  // time of the newest message of each track
  int audio_since_video_ = 0;
  std::vector<iovec> parts_;
  Buffer scratch_;
  // Guarded by mutex_; taken when headers change and when a reader needs a prelude.
  mutable std::mutex mutex_;
  struct Snapshot {
    uint64_t offset;
    std::shared_ptr<const StreamHeaders> headers;
  };
  std::deque<Snapshot> snapshots_;
};

}  // namespace weir

#endif  // WEIR_LIVE_STREAM_WRITER_H_
