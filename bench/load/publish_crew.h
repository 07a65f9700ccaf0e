// PublishCrew: all publishers of a run, on one thread: opens them at their times, sends every frame when it is due, and
// opens those again that ended if --retry is given.
// Lifetime: the plan outlives it. Thread rule: its worker's thread; `live` is read across.
#ifndef WEIR_BENCH_LOAD_PUBLISH_CREW_H_
#define WEIR_BENCH_LOAD_PUBLISH_CREW_H_

#include <atomic>
#include <deque>
#include <mutex>
#include <queue>
#include <vector>

#include "bench/load/connect.h"
#include "bench/load/console.h"
#include "bench/load/flv_source.h"
#include "bench/load/publisher.h"

namespace weir::load {

struct PublishOptions {
  std::string url;
  int publishers = 1;
  double ramp = 100;  // connections per second
  double duration = 0;
  double bitrate = 500;  // kbit/s
  std::string file;
  bool stamp = false;
  double retry = 0;  // seconds until a publisher that ended tries again; 0: never
  double timeout = 10;
  std::string bind_range;
  ConsoleOptions console;
};

struct PublishPlan {
  PublishOptions options;
  Connector connector;
  FlvClip clip;  // if a file was given
  Micros start = 0;
};

struct PublishLive {
  std::atomic<int> publishing{0};
  std::atomic<int> ended{0};  // for good
  std::atomic<uint64_t> frames{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> errors{0};
};

class PublishCrew : public Crew {
 public:
  explicit PublishCrew(const PublishPlan& plan);

  Micros OnTimer(Micros now) override;
  void OnStop(Micros now) override;
  bool IsDone() const override { return is_done_; }

  const PublishLive& live() const { return live_; }
  // The last error in full. Any thread.
  std::string LastError();
  // After the worker was joined.
  const PublisherShare& share() const { return share_; }

 private:
  using Due = std::pair<Micros, size_t>;

  void Open(size_t index, Micros now);
  void Sweep(Micros now);
  void Serve(Micros now);

  const PublishPlan& plan_;
  PublisherShare share_;
  std::deque<Publisher> publishers_;  // addresses are epoll tags
  std::vector<Micros> open_at_;       // when to open the publisher next; kNever for one that is open or given up
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<bool> is_queued_;
  PublishLive live_;
  std::mutex error_mutex_;
  std::string last_error_;  // guarded by error_mutex_
  Micros next_sweep_ = 0;
  Micros stop_by_ = 0;
  bool is_done_ = false;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PUBLISH_CREW_H_
