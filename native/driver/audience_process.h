// AudienceProcess: a process with one publisher and any number of players that just play. Lifetime: ended by its
// destructor. Thread rule: the main thread; made before any thread was started, because it forks.
#ifndef WEIR_DRIVER_AUDIENCE_PROCESS_H_
#define WEIR_DRIVER_AUDIENCE_PROCESS_H_

#include <sys/types.h>

#include <cstdint>

#include "sys/fd.h"

namespace weir::driver {

class AudienceProcess {
 public:
  AudienceProcess();
  ~AudienceProcess();
  AudienceProcess(const AudienceProcess&) = delete;
  AudienceProcess& operator=(const AudienceProcess&) = delete;

  // Returns when so many players of the server at that port have a picture; false if they did not get one.
  [[nodiscard]] bool Grow(uint16_t port, uint32_t players);

 private:
  pid_t child_;
  UniqueFd orders_;
  UniqueFd reports_;
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_AUDIENCE_PROCESS_H_
