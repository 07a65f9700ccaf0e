// Muxer: a stream's messages in, transport packets out: what a `ts` log holds, what HTTP-TS sends and HLS cuts. Each
// call appends whole packets to `out`, which are one entry of the log. Lifetime: its stream's, across publishers:
// counters, clock and the version of the PMT run on. Thread rule: one thread at a time. Sans-IO. Allocates only when
// configurations change or a frame is the largest so far.
#ifndef WEIR_PROTO_TS_MUXER_H_
#define WEIR_PROTO_TS_MUXER_H_

#include "base/bytes.h"
#include "base/reason.h"
#include "media/container_frame.h"
#include "proto/ts/annexb.h"
#include "proto/ts/audio_format.h"
#include "proto/ts/audio_pes.h"
#include "proto/ts/format.h"
#include "proto/ts/packetizer.h"
#include "proto/ts/tables.h"
#include "proto/ts/video_clock.h"

namespace weir::ts {

// What a call appended.
struct Written {
  FrameKind kind = FrameKind::kOther;  // kVideo or kAudio; kOther: nothing was appended
  bool has_tables = false;             // begins with PAT and PMT: a fragment may begin here
  bool is_joinable = false;            // and a player that knows nothing can decode from here
  int64_t dts = 0;                     // milliseconds, of the first frame in it
  Reason reason = Reason::kNone;       // why the message was left out; kCodecUnsupported once for each change of codec
};

class Muxer {
 public:
  Muxer() : video_packets_(kVideoPid), audio_packets_(kAudioPid) {}
  Muxer(const Muxer&) = delete;
  Muxer& operator=(const Muxer&) = delete;

  // Takes a message of type 8 or 9, sequence headers too; others are ignored. A sequence header that is the one before
  // is nothing new.
  ContainerFrame Read(uint8_t type, ByteView payload);
  // Writes the frame that was read, whose message is still there, at its corrected time. Audio waits until it fills a
  // PES (100 ms), so that a call may append nothing, or what came before. REQUIRES: the last Read found a frame.
  Written WriteFrame(int64_t dts, Buffer& out);
  // Both at once.
  Written Write(uint8_t type, ByteView payload, int64_t dts, Buffer& out);
  // Appends the audio that waits. To be called before a key frame is written, so that what was heard before the key
  // frame is sent before it, and before any other cut.
  Written Flush(Buffer& out);
  // The next entry begins with PAT and PMT, whatever it is.
  void Cut() { wants_tables_ = true; }
  // As Cut. Where sound begins it, pictures that are silent are listed again when they come back: perhaps as another
  // codec, which a player that opened the first one would be given.
  void BeginFragment() { wants_tables_ = begins_fragment_ = true; }
  // A publisher ended: the next one brings its own sequence headers. Call Flush before.
  void Forget();

 private:
  struct Track {
    bool exists = false;   // has a configuration or a frame that can be carried
    Ticks newest = 0;      // its last sign of life
    uint32_t refused = 0;  // codec that was reported already, plus one
    Codec codec = Codec::kOther;
    Buffer config;  // its sequence header; empty: none
  };

  // What decoders of a track were told last; it outlives publishers.
  struct Setup {
    Codec codec = Codec::kOther;
    Buffer bytes;
    bool is_new = false;  // since its last frame

    void Set(Codec codec_of, ByteView bytes_of);
  };

  Reason SetConfig(const FrameInfo& info);
  Reason Refuse(Track& track, const FrameInfo& info, Reason reason);
  ContainerFrame ReadVideo(const FrameInfo& info);
  ContainerFrame ReadAudio();
  Written WriteVideo(int64_t dts, Buffer& out);
  Written WriteAudio(int64_t dts, Buffer& out);
  Written AppendAudio(Buffer& out);
  bool BeginEntry(Ticks now, bool is_key, Buffer& out);
  StreamType NewestVideoType() const;
  bool IsPresent(const Track& track, Ticks now) const;
  void NoticeClock(Ticks now);
  Pcr NextPcr(Ticks now);
  void FillPcr(Packetizer& packets, Ticks now, Buffer& out);

  AnnexB video_format_;
  AudioFormat audio_format_;
  AudioPes audio_;
  AudioKind audio_kind_;  // of the frames to come
  VideoClock video_clock_;
  StreamType video_type_ = kNoStream;  // that is listed
  Tables tables_;
  Packetizer video_packets_;
  Packetizer audio_packets_;
  Track video_track_;
  Track audio_track_;
  Setup video_setup_;
  Setup audio_setup_;
  // The frame that was read.
  ContainerFrame frame_;
  FrameBody body_;
  AnnexB::Unit unit_;
  AudioFrame audio_frame_;
  bool wants_tables_ = true;
  bool begins_fragment_ = false;
  bool has_clock_ = false;
  Ticks newest_ = 0;  // of the entries
  Ticks last_tables_ = 0;
  bool has_pcr_ = false;
  Ticks pcr_ = 0;  // the last one, before the delay
};

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_MUXER_H_
