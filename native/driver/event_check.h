// EventCheck: proves that the engine's events tell a story that makes sense: each connection begins, takes roles that
// it asked for, leaves them, and ends once; and a stream has one publisher at a time. Lifetime: of a round. Thread
// rule: one thread.
#ifndef WEIR_DRIVER_EVENT_CHECK_H_
#define WEIR_DRIVER_EVENT_CHECK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "driver/verdict.h"
#include "live/event.h"

namespace weir::driver {

class EventCheck {
 public:
  explicit EventCheck(Verdict& verdict) : verdict_(verdict) {}

  void OnEvent(const Event& event);
  // The engine has stopped and every event was seen.
  void OnEnd();
  // Those that are there.
  const std::vector<uint64_t>& connections() const { return alive_; }

 private:
  enum class Role : uint8_t { kNone, kPublisher, kPlayer };
  struct Known {
    Event::Type asked = Event::Type::kConnect;  // the newest request
    Role role = Role::kNone;
  };

  void OnRole(const Event& event, Known& known);
  void OnGone(const Event& event);
  void Fail(const Event& event, const std::string& what);

  Verdict& verdict_;
  std::map<uint64_t, Known> known_;
  std::vector<uint64_t> alive_;
  std::map<std::string, uint64_t> publishers_;  // by stream
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_EVENT_CHECK_H_
