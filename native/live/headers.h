// StreamHeaders: what a reader must have before a stream's frames: metadata, decoder configurations, which tracks are
// in use. Lifetime: immutable once shared; one snapshot for each change, kept for readers that join before the next
// one. Thread rule: read on any thread.
#ifndef WEIR_LIVE_HEADERS_H_
#define WEIR_LIVE_HEADERS_H_

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "log/entry.h"

namespace weir {

struct StreamHeaders {
  // One message that configures a decoder: sequence header, or Enhanced RTMP's colour and channel metadata.
  struct Config {
    Track track;
    uint8_t sub_track;  // of Enhanced RTMP's multitrack
    bool is_metadata;   // precedes the sequence header of the same track
    Buffer payload;
  };

  Buffer metadata;  // an onMetaData message, rewritten; empty: none
  std::vector<Config> configs;
  bool active[kTracks] = {};  // the log carries messages of this track
  bool is_absolute = false;   // atc: readers get the stream's own times
  uint32_t chunk_size = 60000;
  uint32_t version = 0;           // changes with each snapshot
  uint32_t metadata_version = 0;  // changes with the metadata
};

}  // namespace weir

#endif  // WEIR_LIVE_HEADERS_H_
