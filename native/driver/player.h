// Player: plays, leaves, comes back, pauses, switches tracks, stops reading, plays another stream on the same
// connection; as its manner and its seed have it. Lifetime: its crew's. Thread rule: its crew's thread.
#ifndef WEIR_DRIVER_PLAYER_H_
#define WEIR_DRIVER_PLAYER_H_

#include <deque>
#include <string>

#include "driver/crew.h"
#include "driver/player_check.h"
#include "driver/wire.h"

namespace weir::driver {

class Player : public Actor, private Wire::Owner {
 public:
  enum class Manner : uint8_t {
    kWitness,   // just plays, and must be served as long as somebody publishes
    kOrdinary,  // reads what comes
    kSlow,      // little buffer, stops reading for seconds
  };

  Player(World& world, Crew& crew, int index, Manner manner, Random random);

  void Act(Micros now) override;

 private:
  enum class State : uint8_t { kAway, kStarting, kPlaying };

  void Connect(Micros now);
  void DoSomething(Micros now);
  void Leave(Micros now);
  void PlayAgain(Micros now, bool closes_first);
  void TogglePause();
  void ToggleTrack(Track track);
  void StopReading(Micros now);
  void Watch(Micros now);
  void BeAway(Micros now);
  void PublishGaps();

  void OnStatus(std::string_view code) override;
  void OnFrame(const rtmp::Message& message) override;
  void OnPong(uint32_t token) override;
  void OnGone(const std::string& why, bool is_fault) override;

  World& world_;
  Crew& crew_;
  const int index_;
  const Manner manner_;
  Random random_;
  Wire wire_;
  PlayerCheck check_;
  State state_ = State::kAway;
  Micros started_at_ = 0;
  uint32_t life_ = 0;
  uint32_t stream_ = 0;  // that it plays, or has asked for
  bool is_paused_ = false;
  bool is_stalled_ = false;
  bool is_off_[2] = {};
  uint32_t token_ = 0;
  uint32_t token_of_[2] = {};  // of the ping that followed a track's return

  // Of a witness: what had been sent when it looked last.
  struct Sample {
    Micros at;
    uint64_t newest;
  };
  std::deque<Sample> samples_;
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_PLAYER_H_
