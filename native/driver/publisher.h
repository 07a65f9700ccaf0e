// Publisher: publishes stamped frames, on a clock that begins anywhere and sometimes jumps, with headers that change;
// ends in every way there is, and comes back. Lifetime: its crew's. Thread rule: its crew's thread.
#ifndef WEIR_DRIVER_PUBLISHER_H_
#define WEIR_DRIVER_PUBLISHER_H_

#include <string>

#include "driver/crew.h"
#include "driver/stamp.h"
#include "driver/wire.h"
#include "driver/world.h"

namespace weir::driver {

class Publisher : public Actor, private Wire::Owner {
 public:
  Publisher(World& world, Crew& crew, int index, Random random);

  void Act(Micros now) override;

 private:
  enum class State : uint8_t { kAway, kStarting, kPublishing, kSilent };

  void Connect(Micros now);
  void BeAway(Micros now);
  void BeginEpoch();
  void SendFrames(Micros now);
  void SendFrame(Track track);
  void SendHeaders(Track track);
  void SendMetadata();
  void ChangeSomething();
  void JumpInTime();
  void End(Micros now);
  size_t SizeOf(Track track, bool is_key);
  uint32_t Raw(int64_t media) const { return base_ + static_cast<uint32_t>(media); }

  void OnStatus(std::string_view code) override;
  void OnFrame(const rtmp::Message&) override {}
  void OnPong(uint32_t) override {}
  void OnGone(const std::string& why, bool is_fault) override;

  World& world_;
  Crew& crew_;
  const int index_;
  Random random_;
  Wire wire_;
  State state_ = State::kAway;
  Micros started_at_ = 0;
  bool has_published_ = false;  // on this connection
  // Of this epoch.
  Stamp stamp_;
  uint32_t base_ = 0;     // raw timestamp where media time is 0
  int64_t next_[2] = {};  // media time of the next frame, by track
  uint32_t numbers_[2] = {};
  uint32_t text_ = 0;
  int gop_ = 25;
  int speed_ = 1;  // media time runs so many times faster than the clock
  int64_t video_stops_until_ = 0;
  Buffer payload_;
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_PUBLISHER_H_
