// The engine driver: the engine without Node, in one process with clients that do everything clients do, for
// sanitizers.
#include <csignal>

#include "driver/memory.h"
#include "driver/options.h"
#include "driver/soak.h"
#include "sys/tcp.h"

int main(int argc, char** argv) {
  // sendfile has no flag against it.
  signal(SIGPIPE, SIG_IGN);
  weir::driver::Options options;
  if (!weir::driver::ReadOptions({argv + 1, static_cast<size_t>(argc - 1)}, options)) return 2;
  weir::RaiseFileLimit();
  bool is_good = options.memory ? weir::driver::MeasureMemory(options) : weir::driver::Soak(options);
  return is_good ? 0 : 1;
}
