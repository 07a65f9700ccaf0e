#include "live/recorder.h"

#include <utility>

#include "live/recording.h"
#include "live/recording_lane.h"
#include "live/registry.h"

namespace weir {

Recorder::Recorder(Registry& registry, EventQueue& events) : registry_(registry), events_(events) {}

Recorder::~Recorder() { Close(); }

uint64_t Recorder::Start(const StreamKey& key, const RecordingRules& rules, const std::string& lane) {
  std::shared_ptr<Stream> stream = registry_.Find(key);
  if (!stream) return 0;
  auto recording = std::make_shared<Recording>(std::move(stream), rules, events_);
  std::lock_guard lock(mutex_);
  if (is_closed_) return 0;
  RecordingLane& placed = LaneOf(lane);
  const uint64_t id = recordings_.Add({recording, &placed});
  recording->set_id(id);
  placed.Add(id, std::move(recording));
  return id;
}

// Where there are too many of them, the last names share lanes.
RecordingLane& Recorder::LaneOf(const std::string& name) {
  auto [found, is_new] = lane_names_.try_emplace(name, nullptr);
  if (!is_new) return *found->second;
  if (lanes_.size() < kMaxLanes) {
    lanes_.push_back(std::make_unique<RecordingLane>([this](uint64_t id) { Forget(id); }));
    found->second = lanes_.back().get();
  } else {
    found->second = lanes_[lane_names_.size() % kMaxLanes].get();
  }
  return *found->second;
}

Recorder::Placed Recorder::Find(uint64_t id) const {
  std::lock_guard lock(mutex_);
  const Placed* placed = recordings_.Find(id);
  return placed == nullptr ? Placed{} : *placed;
}

void Recorder::Forget(uint64_t id) {
  std::lock_guard lock(mutex_);
  recordings_.Remove(id);
}

bool Recorder::RecordTo(uint64_t id, std::string path) {
  const Placed placed = Find(id);
  if (!placed.recording) return false;
  placed.recording->RecordTo(std::move(path));
  placed.lane->Wake();
  return true;
}

bool Recorder::Stop(uint64_t id, bool at_once) {
  const Placed placed = Find(id);
  if (!placed.recording) return false;
  placed.recording->Stop(at_once);
  placed.lane->Wake();
  return true;
}

std::vector<RecordingStats> Recorder::Snapshot() const {
  std::lock_guard lock(mutex_);
  std::vector<RecordingStats> all;
  recordings_.ForEach([&](const Placed& placed) { all.push_back(placed.recording->Snapshot()); });
  return all;
}

void Recorder::Close() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(is_closed_, true)) return;
    recordings_.ForEach([](const Placed& placed) { placed.recording->Stop(true); });
  }
  for (auto& lane : lanes_) lane->Join();
}

}  // namespace weir
