// Crew: a thread with clients that act when they are due; Actor: one of them. Lifetime: actors are the crew's, from
// Start to the destructor. Thread rule: Add before Start; Act on the crew's thread.
#ifndef WEIR_DRIVER_CREW_H_
#define WEIR_DRIVER_CREW_H_

#include <memory>
#include <vector>

#include "net/reactor.h"

namespace weir::driver {

class Actor {
 public:
  virtual ~Actor() = default;
  virtual void Act(Micros now) = 0;
  Micros due() const { return due_; }

 protected:
  void ActAt(Micros due) { due_ = due; }

 private:
  Micros due_ = 0;
};

class Crew : public ReactorClient {
 public:
  ~Crew() override { reactor_.Stop(); }

  Reactor& reactor() { return reactor_; }
  void Add(std::unique_ptr<Actor> actor) { actors_.push_back(std::move(actor)); }
  [[nodiscard]] bool Start() { return reactor_.Start(*this); }
  void Stop() { reactor_.Stop(); }

  Micros NextDue(Micros) override {
    Micros next = INT64_MAX;
    for (const auto& actor : actors_) next = std::min(next, actor->due());
    return next;
  }
  void RunDue(Micros now) override {
    for (auto& actor : actors_) {
      if (actor->due() <= now) actor->Act(now);
    }
  }

 private:
  Reactor reactor_;
  std::vector<std::unique_ptr<Actor>> actors_;  // gone before the reactor that they unregister from
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_CREW_H_
