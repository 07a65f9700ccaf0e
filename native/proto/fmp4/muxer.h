// Muxer: a stream's messages in, fragments (moof and mdat) of one presentation with video and audio out: what an `fmp4`
// log holds. A fragment ends where the next begins, so that a call appends what came before its message, as one entry.
// Lifetime: its stream's, across publishers. Thread rule: one thread at a time. Sans-IO.
#ifndef WEIR_PROTO_FMP4_MUXER_H_
#define WEIR_PROTO_FMP4_MUXER_H_

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/reason.h"
#include "media/container_frame.h"
#include "media/frame_body.h"
#include "proto/fmp4/fragment.h"
#include "proto/fmp4/track_config.h"

namespace weir::fmp4 {

// What a call appended.
struct Written {
  bool has_fragment = false;
  bool is_joinable = false;  // begins with a key frame, or has audio alone
  bool has_video = false;
  int64_t dts = 0;                // milliseconds, of its earliest sample
  int64_t duration = 0;           // milliseconds; of its video, if it has some
  uint32_t init_version = 0;      // of the init segment that it needs
  Reason reason = Reason::kNone;  // why the message was left out; kCodecUnsupported once for each change of codec
};

class Muxer {
 public:
  // A fragment is closed before the frame with which it would be longer than this; and before every key frame.
  explicit Muxer(int64_t fragment_millis) : fragment_millis_(fragment_millis) {}
  Muxer(const Muxer&) = delete;
  Muxer& operator=(const Muxer&) = delete;

  // Takes a message of type 8 or 9, sequence headers too, at its corrected time; others are ignored.
  ContainerFrame Read(uint8_t type, ByteView payload, int64_t dts);
  // Takes in the frame that was read, whose message is still there. REQUIRES: the last Read found a frame.
  Written WriteFrame(Buffer& out);
  // Both at once.
  Written Write(uint8_t type, ByteView payload, int64_t dts, Buffer& out);
  // The frame that was read begins a fragment.
  void Cut() { wants_cut_ = true; }
  // Appends what waits: at the end of a publish, and before a cut.
  Written Flush(Buffer& out) { return Close(out, kUnknown); }
  // A publisher ended: the next one brings its own sequence headers. Call Flush before.
  void Forget();

  // The init segment of the newest fragment: version 0, empty, until there is one. A new version is another
  // presentation: HLS wants EXT-X-MAP and EXT-X-DISCONTINUITY before its first fragment.
  const Buffer& init() const { return init_; }
  uint32_t init_version() const { return init_version_; }
  // RFC 6381: "avc1.64001F,mp4a.40.2".
  const std::string& codecs() const { return codecs_; }

 private:
  static constexpr int64_t kUnknown = INT64_MIN;

  struct Track {
    bool exists = false;
    bool is_wanted = false;     // in the init segment to be made
    bool is_listed = false;     // in the one that was made, as it is now
    bool is_new_setup = false;  // since its last frame
    int64_t newest = 0;         // milliseconds, its last sign of life
    uint32_t refused = 0;       // codec that was reported already, plus one
    Buffer record;              // sequence header, as it came
    TrackConfig config;
    std::optional<TrackConfig> next;  // of the frames to come, while others wait

    const TrackConfig& incoming() const { return next ? *next : config; }
  };

  Reason SetConfig(const FrameInfo& info);
  void Offer(Track& track, TrackConfig config);
  void Adopt(Track& track);
  Reason Refuse(Track& track, const FrameInfo& info);
  ContainerFrame ReadVideo(bool is_key) const;
  ContainerFrame ReadAudio();
  bool IsPresent(const Track& track) const;
  bool NeedsNewInit() const;
  void ListFrame();
  Written WriteVideo(Buffer& out);
  Written WriteAudio(Buffer& out);
  Written Begin(bool closes, int64_t next_video, Buffer& out);
  bool IsTooLong(bool is_video, int64_t end) const;
  void EndSample(int64_t next_video);
  Written Close(Buffer& out, int64_t next_video);
  void ListTracks();
  void NoticeClock(int64_t now);
  const Track& TrackOfFrame() const { return frame_.kind == FrameKind::kVideo ? video_ : audio_; }
  const Run& RunOf(const Track& track) const { return &track == &video_ ? fragment_.video : fragment_.audio; }

  const int64_t fragment_millis_;
  Track video_;
  Track audio_;
  // The frame that was read.
  ContainerFrame frame_;
  FrameBody body_;
  int64_t dts_ = 0;
  uint32_t samples_ = 0;  // of audio
  bool wants_cut_ = false;
  // What is being collected.
  Fragment fragment_;
  int64_t start_ = 0;  // milliseconds
  bool is_key_start_ = false;
  uint32_t sequence_ = 0;
  // Clocks.
  int64_t last_video_ = INT64_MIN / 2;  // DTS at the video's time scale
  uint32_t last_duration_ = 40 * 90;    // of a picture
  int64_t next_audio_ = 0;              // counted in samples from a base (srs-behaviour 7.8)
  bool has_audio_clock_ = false;
  bool has_clock_ = false;
  int64_t newest_ = 0;  // milliseconds, of all tracks

  Buffer init_;
  uint32_t init_version_ = 0;
  std::string codecs_;
};

}  // namespace weir::fmp4

#endif  // WEIR_PROTO_FMP4_MUXER_H_
