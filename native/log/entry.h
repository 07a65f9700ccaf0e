// Entry: what the index of a log knows of one encoded frame. Entries are the only legal places to join, skip to or cut
// at. Lifetime: part of its segment. Thread rule: written once by the log's writer before it is published, never
// changed.
#ifndef WEIR_LOG_ENTRY_H_
#define WEIR_LOG_ENTRY_H_

#include <cstdint>

namespace weir {

// The chunk streams of a log, or the PIDs, or whatever carries a clock of its own in the wire format.
inline constexpr int kTracks = 3;
enum Track : uint8_t { kVideoTrack = 0, kAudioTrack = 1, kDataTrack = 2 };

struct Entry {
  enum Flag : uint16_t {
    kTrackMask = 3,
    kKey = 4,       // a reader may join here and decode
    kRebase = 8,    // every reader needs a new prelude before it: clocks or headers changed
    kControl = 16,  // belongs to the format, not to a track: no filter may leave it out
  };

  uint64_t offset = 0;
  int64_t dts = 0;  // milliseconds of the stream's corrected timeline
  // dts minus the time of the last message before this entry, by track: what a reader that starts here must be told.
  int32_t back[kTracks] = {};
  uint16_t flags = 0;

  Track track() const { return static_cast<Track>(flags & kTrackMask); }
  bool is(Flag flag) const { return (flags & flag) != 0; }
};

static_assert(sizeof(Entry) == 32);

}  // namespace weir

#endif  // WEIR_LOG_ENTRY_H_
