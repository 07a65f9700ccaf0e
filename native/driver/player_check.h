// PlayerCheck: proves that what a player receives is its stream: frames whole, in order, without a gap that nothing
// explains, behind the headers that hold for them, on a clock that begins near 0 and runs as the publisher's does.
// Lifetime: its player's; Begin for each play. Thread rule: its crew's thread.
#ifndef WEIR_DRIVER_PLAYER_CHECK_H_
#define WEIR_DRIVER_PLAYER_CHECK_H_

#include <string>

#include "driver/stamp.h"
#include "driver/world.h"
#include "proto/rtmp/message.h"

namespace weir::driver {

class PlayerCheck {
 public:
  enum class Clock : uint8_t {
    kOwn,     // begins near 0 with the play: RTMP
    kStream,  // is the stream's: FLV
  };

  PlayerCheck(World& world, std::string who, Clock clock) : world_(world), who_(std::move(who)), clock_(clock) {}

  // Play.Start has come: a new clock, a new place.
  void Begin(uint32_t stream);
  // Pause.Notify has come: nothing may follow, until Unpaused.
  void Paused() { may_get_media_ = false; }
  // Unpause.Notify has come: the newest key frame, which may be one that was seen, comes next; or the pause was taken
  // back before it had begun.
  void Unpaused();
  // A track is switched off: its frames end somewhere.
  void TrackOff(Track track) { tracks_[track].gap = Gap::kAny; }
  // The server has answered what was sent after a track was switched on again: it goes on once, and then without a gap.
  void TrackOn(Track track);

  void OnMedia(const rtmp::Message& message);

  uint32_t stream() const { return stream_; }
  uint32_t epoch() const { return epoch_; }
  int64_t newest_video() const { return tracks_[kVideoTrack].number; }
  // Gaps that a skip must explain, on the track with more of them, since the connection began.
  uint32_t gaps() const { return std::max(gaps_[0], gaps_[1]); }
  void ForgetGaps() { gaps_[0] = gaps_[1] = 0; }

 private:
  enum class Gap : uint8_t { kNone, kOnce, kAny };

  struct TrackState {
    int64_t number = -1;        // of the newest frame in this epoch
    int64_t before_pause = -1;  // what it was
    bool has_time = false;
    uint32_t time = 0;
    bool has_run = false;  // the offset is that of this run
    uint32_t run = 0;
    uint32_t offset = 0;
    Gap gap = Gap::kOnce;
    const char* needs_key = nullptr;  // because of that
    Config config;
    uint32_t config_time = 0;
  };

  void OnConfig(Track track, ByteView payload, uint32_t time);
  void OnData(ByteView payload);
  void OnFrame(const Stamp& stamp, uint32_t time);
  void CheckTime(Track track, uint32_t time);
  void CheckHeaders(const Stamp& stamp);
  void CheckNumber(const Stamp& stamp);
  void CheckOffset(const Stamp& stamp, uint32_t time);
  void CheckBegin(Track track, uint32_t time);
  void CheckFirst(const Stamp& stamp, uint32_t time);
  void BeginEpoch(uint32_t epoch);
  void Fail(const std::string& what);

  const Plan& plan() const { return world_.plan(stream_); }

  World& world_;
  const std::string who_;
  const Clock clock_;
  uint32_t stream_ = 0;
  uint32_t epoch_ = 0;
  bool has_clock_ = false;  // a message with a time has come
  bool has_begun_ = false;  // a frame has come
  bool may_get_media_ = true;
  TrackState tracks_[2];
  Config metadata_;
  uint32_t text_ = 0;
  uint32_t gaps_[2] = {};
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_PLAYER_CHECK_H_
