// What is ordered from a recording, and what is told of it. Lifetime: values. Thread rule: plain values.
#ifndef WEIR_LIVE_RECORD_FACTS_H_
#define WEIR_LIVE_RECORD_FACTS_H_

#include <cstdint>
#include <string>

#include "live/grant.h"
#include "live/recording_format.h"

namespace weir {

struct RecordingRules {
  RecordAs format = RecordAs::kFlv;
  Millis segment = 0;         // another file at the first key frame from here on; 0: one file
  bool wait_keyframe = true;  // a file begins with a key frame, where there is video
  bool appends = false;       // goes on with a file of that name
  bool from_publish = true;   // from the begin of the publish; else from the newest key frame
  TimeJitter time_jitter = TimeJitter::kFull;
  uint64_t backlog = 16 << 20;
};

struct RecordFacts {
  uint64_t recording = 0;
  std::string path;  // of the file
  int error = 0;     // errno
  uint64_t bytes = 0;
  Millis duration = 0;
  uint64_t cut = 0;  // incomplete bytes at its end, of a repair
};

// Finishes what a process that died left at `path`.tmp. 0, or an errno; EWOULDBLOCK: another process writes it.
[[nodiscard]] int RepairRecording(RecordAs as, const std::string& path, RecordFacts& facts);

struct RecordingStats {
  uint64_t recording = 0;
  StreamKey key;
  std::string path;  // empty: none is open
  uint64_t bytes = 0;
  Millis duration = 0;  // of the open file
  uint64_t waiting = 0;
  uint64_t gaps = 0;
  uint64_t lost = 0;  // bytes in gaps
};

}  // namespace weir

#endif  // WEIR_LIVE_RECORD_FACTS_H_
