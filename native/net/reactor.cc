#include "net/reactor.h"

#include <algorithm>
#include <utility>

#include "sys/monotonic.h"
#include "sys/thread.h"

namespace weir {

Reactor::Reactor() : scratch_(new uint8_t[kScratchSize]) {}

Reactor::~Reactor() { Stop(); }

bool Reactor::Start(ReactorClient& client) {
  if (!poller_.valid() || !wake_.valid() || !poller_.AddLevel(wake_.fd(), nullptr)) return false;
  client_ = &client;
  now_ = MonotonicMicros();
  thread_ = StartThread("weir-reactor", [this] { Run(); });
  return true;
}

void Reactor::Stop() {
  if (!thread_.joinable()) return;
  Post([this] { stopping_ = true; });
  thread_.join();
}

void Reactor::Post(Task task) {
  bool was_empty;
  {
    std::lock_guard lock(mutex_);
    was_empty = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  if (was_empty) wake_.Ring();
}

Micros Reactor::Tick() { return now_ = MonotonicMicros(); }

void Reactor::Run() {
  while (!stopping_) {
    Tick();
    Micros timeout = std::max<Micros>(0, client_->NextDue(now_) - now_);
    auto events = poller_.Wait(timeout);
    Tick();
    bool rung = false;
    for (const epoll_event& event : events) {
      if (event.data.ptr == nullptr) {
        rung = true;
      } else {
        static_cast<IoHandler*>(event.data.ptr)->OnIo(event.events);
      }
    }
    if (rung) RunTasks();
    if (client_->NextDue(now_) <= now_) client_->RunDue(now_);
    // A handler's destructor may retire another one.
    while (!retired_.empty()) std::exchange(retired_, {}).clear();
  }
}

void Reactor::RunTasks() {
  wake_.Clear();
  std::vector<Task> tasks;
  {
    std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (Task& task : tasks) task();
}

}  // namespace weir
