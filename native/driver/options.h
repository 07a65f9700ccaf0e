// Options: the driver's command line. Lifetime: plain values. Thread rule: none.
#ifndef WEIR_DRIVER_OPTIONS_H_
#define WEIR_DRIVER_OPTIONS_H_

#include <cstdint>
#include <span>

namespace weir::driver {

struct Options {
  uint64_t seed = 1;
  int64_t seconds = 10;
  int shards = 2;
  int players = 50;
  int viewers = 16;  // over HTTP
  int publishers = 8;
  int vandals = 5;
  bool memory = false;  // measure the memory of players instead
};

// False, with the usage printed, if it cannot be read.
[[nodiscard]] bool ReadOptions(std::span<char*> arguments, Options& options);

}  // namespace weir::driver

#endif  // WEIR_DRIVER_OPTIONS_H_
