// Cutter: the rules by which a stream is cut into HLS fragments and their parts, for every container. It is asked
// before each frame and says what ends there. Lifetime: its log's, across publishers. Thread rule: one thread at a
// time. Pure: no clock but that of the frames, no allocation.
#ifndef WEIR_LIVE_CUTTER_H_
#define WEIR_LIVE_CUTTER_H_

#include <array>
#include <cstdint>

#include "live/grant.h"

namespace weir {

class Cutter {
 public:
  struct Frame {
    int64_t dts = 0;  // milliseconds
    bool is_video = false;
    bool is_key = false;        // video: decoding can begin with it
    bool is_new_setup = false;  // its track has another codec or decoder configuration than before
    bool is_new_init = false;   // the init segment of what was written last does not fit any more
  };
  enum class Cut : uint8_t { kNone, kPart, kFragment };
  // A fragment, or a part of one.
  struct Piece {
    int64_t start = 0;  // dts of its first frame
    int64_t duration = 0;
    int index = 0;             // of a part, in its fragment
    bool independent = false;  // its video begins with a key frame, or there is none
    // Of the fragment: codecs, tracks or time line are not those of the one before.
    bool discontinuity = false;
    bool has_video = false;
    bool has_audio = false;
    bool last = false;  // of the publish
  };

  // A publish begins.
  void Begin(const HlsGrant& rules, uint64_t max_bytes);
  // Other rules, from the next fragment on.
  void Change(const HlsGrant& rules, uint64_t max_bytes);
  // What ends before this frame, which the caller then writes; `bytes` is the size of the fragment in the making. Where
  // a fragment ends its last part does too.
  [[nodiscard]] Cut Before(const Frame& frame, uint64_t bytes);
  // The publish ends: kFragment, or kNone if nothing has begun.
  [[nodiscard]] Cut End();
  // The log has lost frames: with the next one a fragment begins.
  void Break() { is_torn_ = true; }

  // What ended: the part after kPart and, where there are parts (else null), after kFragment; the fragment after
  // kFragment.
  const Piece* part() const { return has_ended_part_ ? &ended_part_ : nullptr; }
  const Piece& fragment() const { return ended_; }

 private:
  struct Track {
    static constexpr size_t kSteps = 8;

    bool is_known = false;  // ever
    bool is_here = false;   // in this publish
    bool is_in_fragment = false;
    bool is_in_part = false;
    int64_t dts = 0;
    std::array<int64_t, kSteps> steps = {};  // the newest ones
    size_t next_step = 0;

    // Up to a limit.
    int64_t longest_step(int64_t limit) const;
  };

  Track& TrackOf(const Frame& frame) { return frame.is_video ? video_ : audio_; }
  const Track& TrackOf(const Frame& frame) const { return frame.is_video ? video_ : audio_; }
  bool IsBroken(const Frame& frame) const;
  bool IsVideoGone(const Frame& frame) const;
  bool IsPresent(const Track& track) const;
  int64_t TimeOf(const Frame& frame) const;
  Cut Decide(const Frame& frame, int64_t now, uint64_t bytes) const;
  bool EndsFragment(const Frame& frame, int64_t now, uint64_t bytes) const;
  bool EndsPart(const Frame& frame, int64_t now) const;
  int64_t EndOfMedia() const;
  void OpenFragment(int64_t now, bool is_new_setup);
  void OpenPart(int64_t now, int index);
  void CloseFragment(int64_t end);
  void ClosePart(int64_t end);
  void Judge();
  void Note(const Frame& frame, bool is_broken);

  HlsGrant rules_;
  HlsGrant next_rules_;
  uint64_t max_bytes_ = 0;
  Track video_;
  Track audio_;
  bool has_clock_ = false;
  int64_t newest_ = 0;              // of all tracks
  int64_t audio_at_video_ = 0;      // what audio's time was at the newest picture
  bool is_video_on_clock_ = false;  // there is video, by the same clock as the newest sound
  // In the making.
  bool is_open_ = false;
  Piece fragment_;
  Piece part_;
  bool is_judged_ = false;       // its discontinuity was told, with a part
  bool needs_new_init_ = false;  // than the one before
  // For the next one.
  bool is_torn_ = false;        // it begins at once: time line or bytes are broken
  bool has_new_setup_ = false;  // came too late for the one in the making
  // Of what was told before: the tracks by which the next one is judged.
  bool has_previous_ = false;
  bool had_video_ = false;
  bool had_audio_ = false;

  Piece ended_;
  Piece ended_part_;
  bool has_ended_part_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_CUTTER_H_
