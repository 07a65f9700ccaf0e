// FloorSender: the bare loop that everything is compared with. It accepts sockets and sends the same bytes from memory
// to each of them, once per interval: no protocol, no cursor, no epoll, no bookkeeping. What it costs is what the
// kernel takes. It runs in a process of its own, so that its CPU time is its own. Lifetime: one per run. Thread rule:
// the child process's only thread.
#ifndef WEIR_BENCH_LOAD_FLOOR_SENDER_H_
#define WEIR_BENCH_LOAD_FLOOR_SENDER_H_

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "sys/fd.h"

namespace weir::load {

struct FloorOptions {
  int players = 1800;
  double bitrate = 500;   // kbit/s
  double interval = 350;  // ms
  double duration = 10;   // s
  double settle = 2;      // s
};

// Sent to the parent as it lies in memory: both are the same program.
struct FloorMeasure {
  double seconds = 0;
  double cpu_seconds = 0;
  uint64_t bytes = 0;
  uint64_t rounds = 0;
  uint64_t late_rounds = 0;  // began when the one before had taken longer than the interval
  uint64_t short_sends = 0;  // the socket did not take all
  uint64_t lost_sockets = 0;
};

class FloorSender {
 public:
  // `control` is the child's end of a socket pair: the port goes out, one byte comes in to begin the measurement, a
  // FloorMeasure goes out, and its closing ends the process.
  FloorSender(const FloorOptions& options, UniqueFd control);

  // Returns the process's exit code.
  int Run();

 private:
  void AcceptAll();
  void Round();
  // Serves the listener and the control socket until the time comes. False when the parent has closed.
  bool WaitUntil(Micros time);

  const FloorOptions options_;
  UniqueFd control_;
  UniqueFd listener_;
  std::vector<UniqueFd> sockets_;
  Buffer ring_;  // larger than a cache, so that each round sends memory that the last one did not
  size_t round_size_;
  size_t at_ = 0;
  bool is_measuring_ = false;
  FloorMeasure measure_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_FLOOR_SENDER_H_
