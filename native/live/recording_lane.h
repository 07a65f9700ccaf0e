// RecordingLane: one thread that writes some recordings, each in its turn, a few times a second. Lifetime: the
// recorder's. Thread rule: any thread, but the thread's own part.
#ifndef WEIR_LIVE_RECORDING_LANE_H_
#define WEIR_LIVE_RECORDING_LANE_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "live/recording.h"

namespace weir {

class RecordingLane {
 public:
  // `ended` is called, on the lane's thread, with each recording that is over.
  explicit RecordingLane(std::function<void(uint64_t)> ended);
  RecordingLane(const RecordingLane&) = delete;
  RecordingLane& operator=(const RecordingLane&) = delete;

  void Add(uint64_t id, std::shared_ptr<Recording> recording);
  // Something was ordered.
  void Wake();
  // Returns when all of its recordings, which were told to end, are over.
  void Join();

 private:
  struct Member {
    uint64_t id;
    std::shared_ptr<Recording> recording;
  };

  void Run();

  const std::function<void(uint64_t)> ended_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Member> added_;  // guarded by mutex_, as what follows
  bool is_woken_ = false;
  bool is_closing_ = false;
  std::thread thread_;
};

}  // namespace weir

#endif  // WEIR_LIVE_RECORDING_LANE_H_
