// StreamWriter: takes a publisher's messages, classifies them, keeps the headers, corrects the time, and has each log
// of the stream encode them once. Lifetime: part of its stream, across publishers. Thread rule: the stream's home
// reactor; counters are read anywhere.
#ifndef WEIR_LIVE_STREAM_WRITER_H_
#define WEIR_LIVE_STREAM_WRITER_H_

#include <atomic>
#include <string>
#include <vector>

#include "base/counter.h"
#include "live/codec_facts.h"
#include "live/format_log.h"
#include "live/grant.h"
#include "live/headers.h"
#include "media/frame.h"
#include "media/timeline.h"
#include "proto/rtmp/message.h"

namespace weir {

class StreamWriter {
 public:
  explicit StreamWriter(std::string server) : server_(std::move(server)) {}
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

  // The log gets every frame from now on; it must live as long as the writer.
  void AddLog(FormatLog& log) { logs_.push_back(&log); }
  void Begin(const PublishGrant& grant);
  // Other rules while somebody publishes.
  void Regrant(const PublishGrant& grant);
  // The publisher has gone.
  void End();
  // True if the logs grew.
  bool Write(const rtmp::Message& message, Millis now);

  // Any thread.
  Counter bytes;
  Counter video_frames;
  Counter audio_frames;
  Counter drops;  // messages that could not be read, or that memory did not suffice for
  std::atomic<uint32_t> video_codec{0};
  std::atomic<uint32_t> audio_codec{0};
  std::atomic<uint32_t> width{0};  // as the metadata say
  std::atomic<uint32_t> height{0};
  CodecFacts codecs;

 private:
  bool WriteFrame(const rtmp::Message& message, Millis now);
  bool WriteData(const rtmp::Message& message);
  void KeepConfig(Track track, const FrameInfo& info, ByteView payload);
  void KeepMetadata(ByteView payload);
  bool WriteToLogs(const MediaFrame& frame);

  const std::string server_;
  std::vector<FormatLog*> logs_;
  Timeline timeline_;
  StreamHeaders headers_;  // as the next entry will need them
  Timeline::Mode mode_ = Timeline::Mode::kFull;
  bool may_be_absolute_ = false;  // if the metadata ask for it
  bool headers_changed_ = true;
  int audio_since_video_ = 0;
  Buffer scratch_;
};

}  // namespace weir

#endif  // WEIR_LIVE_STREAM_WRITER_H_
