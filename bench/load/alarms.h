// Alarms: who wants to be called when, at most one time for each sleeper; what it asked for earlier is void.
// Lifetime: sleepers outlive it. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_ALARMS_H_
#define WEIR_BENCH_LOAD_ALARMS_H_

#include <queue>
#include <vector>

#include "base/clock.h"

namespace weir::load {

class Sleeper {
 public:
  virtual ~Sleeper() = default;
  virtual void OnAlarm(Micros now) = 0;

 private:
  friend class Alarms;
  Micros alarm_ = 0;  // 0: none
};

class Alarms {
 public:
  void Set(Sleeper& sleeper, Micros at) {
    if (sleeper.alarm_ == at) return;
    sleeper.alarm_ = at;
    queue_.push({at, &sleeper});
  }
  void Cancel(Sleeper& sleeper) { sleeper.alarm_ = 0; }

  // Calls everybody whose time has come.
  void Ring(Micros now) {
    while (!queue_.empty() && queue_.top().at <= now) {
      auto [at, sleeper] = queue_.top();
      queue_.pop();
      if (sleeper->alarm_ != at) continue;
      sleeper->alarm_ = 0;
      sleeper->OnAlarm(now);
    }
  }

 private:
  struct Entry {
    Micros at;
    Sleeper* sleeper;
    bool operator>(const Entry& other) const { return at > other.at; }
  };

  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_ALARMS_H_
