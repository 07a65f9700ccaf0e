#include "live/recording_lane.h"

#include <chrono>
#include <utility>

#include "sys/thread.h"

namespace weir {
namespace {

// What a process that dies has not written yet is no more than this.
constexpr auto kInterval = std::chrono::milliseconds(250);

}  // namespace

RecordingLane::RecordingLane(std::function<void(uint64_t)> ended) : ended_(std::move(ended)) {
  thread_ = StartThread("weir-record", [this] { Run(); });
}

void RecordingLane::Add(uint64_t id, std::shared_ptr<Recording> recording) {
  std::lock_guard lock(mutex_);
  added_.push_back({id, std::move(recording)});
  is_woken_ = true;
  wake_.notify_one();
}

void RecordingLane::Wake() {
  std::lock_guard lock(mutex_);
  is_woken_ = true;
  wake_.notify_one();
}

void RecordingLane::Join() {
  {
    std::lock_guard lock(mutex_);
    is_closing_ = is_woken_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

void RecordingLane::Run() {
  std::vector<Member> members;
  bool is_behind = false;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (is_closing_ && members.empty() && added_.empty()) return;
      if (!is_behind) wake_.wait_for(lock, kInterval, [this] { return is_woken_; });
      is_woken_ = false;
      for (Member& member : added_) members.push_back(std::move(member));
      added_.clear();
    }
    is_behind = false;
    for (size_t i = 0; i < members.size();) {
      const Recording::Progress progress = members[i].recording->Step();
      is_behind |= progress == Recording::Progress::kMore;
      if (progress != Recording::Progress::kOver) {
        ++i;
        continue;
      }
      ended_(members[i].id);
      members[i] = std::move(members.back());
      members.pop_back();
    }
  }
}

}  // namespace weir
