// Viewer: one of many that watch a stream, over whatever protocol: what its crew knows of it and what it tells.
// Lifetime: its crew. Thread rule: its crew's thread.
#ifndef WEIR_BENCH_LOAD_VIEWER_H_
#define WEIR_BENCH_LOAD_VIEWER_H_

#include <memory>
#include <string>

#include "bench/load/alarms.h"
#include "bench/load/connect.h"
#include "bench/load/error_counts.h"
#include "bench/load/hls_totals.h"
#include "bench/load/stream_check.h"
#include "bench/load/url.h"
#include "bench/load/worker.h"

namespace weir::load {

// What all viewers of a crew need to know and tell.
struct ViewerShare {
  Crew* crew = nullptr;
  const Connector* connector = nullptr;
  Alarms alarms;
  bool is_sampled = false;
  Micros latency_from = 0;  // frames sent earlier do not count
  CheckTotals check;        // of sampled viewers
  HlsTotals hls;
  Samples connect_time;  // from the connect call to the server's TCP accept
  Samples start_time;    // ... to Play.Start, the response's head, the first playlist
  Samples join_time;     // ... to the first key frame, the first whole fragment
  ErrorCounts errors;    // what went wrong
  int failed = 0;        // how many ended against our will
  uint64_t lost = 0;     // those of them that had joined
};

class Viewer : public Endpoint, public Sleeper {
 public:
  enum class State : uint8_t { kIdle, kConnecting, kJoining, kPlaying, kStalled, kEnded };

  // `index`: its number among all viewers of the run.
  Viewer(ViewerShare& share, int index) : share_(share), index_(index) {}

  // Takes a socket that is connecting. REQUIRES: not open.
  virtual void Open(UniqueFd fd, const Url& url, Micros now) = 0;
  // Ends it from our side.
  virtual void Close() = 0;
  // Stops reading (a slow viewer), and reads again.
  void Stall();
  void Resume(Micros now);
  // Ends it for a reason that is counted.
  void Fail(const std::string& problem);

  void OnAlarm(Micros) override {}
  // The measurement is over: what only now can be told to be missing.
  virtual void OnMeasured(Micros) {}

  int index() const { return index_; }
  State state() const { return state_; }
  bool is_open() const { return state_ != State::kIdle && state_ != State::kEnded; }
  Micros opened() const { return opened_; }
  // Bytes and reads of all connections that it had until now.
  virtual uint64_t bytes() const = 0;
  virtual uint64_t reads() const = 0;

 protected:
  // Registers a socket; a viewer that cannot be registered has failed.
  bool Watch(int fd);
  // What the first event of a connecting socket says: false, it has failed or says nothing yet.
  bool FinishConnect(int fd, uint32_t events);

  ViewerShare& share_;
  State state_ = State::kIdle;
  Micros opened_ = 0;

 private:
  const int index_;
};

// The viewer that the protocol wants.
std::unique_ptr<Viewer> MakeViewer(Protocol protocol, ViewerShare& share, int index);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_VIEWER_H_
