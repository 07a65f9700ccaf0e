// Grants: what TypeScript decided about a request, in plain numbers; the data path never asks again.
// Lifetime: copied once into the connection, audience or stream. Thread rule: plain values.
#ifndef WEIR_LIVE_GRANT_H_
#define WEIR_LIVE_GRANT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace weir {

struct StreamKey {
  std::string vhost;
  std::string app;
  std::string stream;

  bool operator==(const StreamKey&) const = default;
};

enum class TimeJitter : uint8_t { kFull, kZero, kOff };

struct StreamGrant {
  StreamKey key;
  uint32_t chunk_size = 60000;
  bool gop_cache = true;
  bool min_latency = false;
  bool tcp_nodelay = false;
  bool atc = false;
  bool atc_auto = false;  // atc is also on when the publisher's metadata asks for it (bravo_atc)
  TimeJitter time_jitter = TimeJitter::kFull;
  Millis queue_length = 30'000;
  Millis mw_latency = -1;  // fixed flush interval; negative: adaptive
  Millis send_timeout = 30'000;
  int64_t log_memory = 64 << 20;
};

enum class Container : uint8_t { kTs, kFmp4 };

// How a stream is cut for HLS. Times are of the stream.
struct HlsGrant {
  Container container = Container::kTs;
  Millis fragment = 10'000;  // cut at the first key frame from here on
  Millis longest = 20'000;   // cut without one: there is no video, or its key frames are rare
  bool wait_keyframe = true;
  Millis part = 0;  // no part is longer; 0: no parts
};

struct PublishGrant : StreamGrant {
  bool takeover = false;
  bool close_after_wait = false;  // players are closed when republish_wait is over
  Millis first_packet_timeout = 20'000;
  Millis normal_timeout = 5'000;
  Millis republish_wait = 0;
  std::optional<HlsGrant> hls;
};

enum class WantedTracks : uint8_t { kAll, kAudio, kVideo };

struct PlayGrant : StreamGrant {
  bool refuse_missing = false;
  WantedTracks tracks = WantedTracks::kAll;
};

// What a reload may change of the engine as a whole.
struct EngineTuning {
  int64_t max_connections = 1000;
  int64_t memory_limit = int64_t{1} << 30;
  bool cross_domain = true;  // pages of other origins may read what is served over HTTP
  uint32_t chunk_size = 60000;
};

struct EngineOptions : EngineTuning {
  int threads = 1;
  std::string server = "weir";
  Millis handshake_timeout = 10'000;
  Millis identify_timeout = 30'000;
  Millis decision_timeout = 30'000;
  Millis keep_alive_timeout = 30'000;  // for a further HTTP request
  Millis object_timeout = 30'000;      // for a peer that takes next to nothing of an HTTP answer
};

}  // namespace weir

#endif  // WEIR_LIVE_GRANT_H_
