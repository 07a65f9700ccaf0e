// Recorder: all recordings of an engine, on threads of their own. Those with the same lane (a directory) share one, so
// that a disk that stands still holds up only what is written there. Lifetime: the engine's; Close before the shards
// go. Thread rule: any thread.
#ifndef WEIR_LIVE_RECORDER_H_
#define WEIR_LIVE_RECORDER_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/slot_map.h"
#include "live/event.h"
#include "live/record_facts.h"

namespace weir {

class Recording;
class RecordingLane;
class Registry;

class Recorder {
 public:
  Recorder(Registry& registry, EventQueue& events);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Its number; 0: there is no such stream, or the engine stops.
  uint64_t Start(const StreamKey& key, const RecordingRules& rules, const std::string& lane);
  // These are false when it is over.
  bool RecordTo(uint64_t id, std::string path);
  bool Stop(uint64_t id, bool at_once);
  std::vector<RecordingStats> Snapshot() const;
  // Ends all, waits for the disks, joins the threads.
  void Close();

 private:
  struct Placed {
    std::shared_ptr<Recording> recording;
    RecordingLane* lane = nullptr;
  };

  static constexpr size_t kMaxLanes = 16;

  Placed Find(uint64_t id) const;
  RecordingLane& LaneOf(const std::string& name);
  void Forget(uint64_t id);

  Registry& registry_;
  EventQueue& events_;
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  bool is_closed_ = false;
  SlotMap<Placed> recordings_;
  std::map<std::string, RecordingLane*> lane_names_;
  std::vector<std::unique_ptr<RecordingLane>> lanes_;
};

}  // namespace weir

#endif  // WEIR_LIVE_RECORDER_H_
