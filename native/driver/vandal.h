// Vandal: garbage, half handshakes, messages that never end, floods of requests whose answers nobody reads.
// Lifetime: its crew's. Thread rule: its crew's thread.
#ifndef WEIR_DRIVER_VANDAL_H_
#define WEIR_DRIVER_VANDAL_H_

#include <string>

#include "driver/crew.h"
#include "driver/wire.h"
#include "driver/world.h"

namespace weir::driver {

class Vandal : public Actor, private Wire::Owner {
 public:
  Vandal(World& world, Crew& crew, Random random);

  void Act(Micros now) override;

 private:
  enum class Deed : uint8_t {
    kGarbage,
    kHalfHandshake,
    kSlowBytes,
    kHugeMessage,
    kGarbageInside,
    kFlood,
    kHttpFlood,
    kCount
  };

  void Begin(Micros now);
  void GoOn();
  void End(Micros now);
  Buffer Garbage(size_t size);

  void OnStatus(std::string_view) override {}
  void OnFrame(const rtmp::Message&) override {}
  void OnPong(uint32_t) override {}
  void OnGone(const std::string&, bool) override { is_done_ = true; }

  World& world_;
  Random random_;
  Wire wire_;    // of one who knows RTMP
  UniqueFd fd_;  // of one who does not
  Deed deed_ = Deed::kGarbage;
  int requests_ = 0;
  Micros until_ = 0;
  bool is_done_ = true;
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_VANDAL_H_
