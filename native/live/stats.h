// Snapshots of the statistics, as plain values. Units: bytes, bits per second, milliseconds, unless a name says
// otherwise. Lifetime: copies. Thread rule: plain values.
#ifndef WEIR_LIVE_STATS_H_
#define WEIR_LIVE_STATS_H_

#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/reason.h"
#include "live/format_log.h"
#include "live/grant.h"

namespace weir {

struct Rates {
  double over3 = 0;   // bits per second over the last 3 s
  double over30 = 0;  // and over the last 30 s
};

struct ConnectionStats {
  uint64_t connection = 0;
  StreamKey key;
  std::string ip;
  std::string protocol;
  bool is_publisher = false;
  Millis uptime = 0;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  Rates rates;  // in for a publisher, out for a player
  uint64_t frames = 0;
  uint64_t lag_bytes = 0;
  Millis lag = 0;
  uint64_t skips = 0;
  uint32_t tcp_rtt_us = 0;
  uint32_t tcp_retransmits = 0;
  uint32_t tcp_unacked = 0;
  bool tcp_nodelay = false;
  uint64_t tcp_delivery_rate = 0;  // bytes per second
};

struct StreamStats {
  StreamKey key;
  uint64_t publisher = 0;
  std::string publisher_ip;
  uint64_t players = 0;
  uint64_t hls_viewers = 0;
  uint64_t forwards = 0;
  std::array<uint64_t, kPlayProtocols> players_by_protocol{};
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t video_frames = 0;
  uint64_t audio_frames = 0;
  Rates in;
  Rates out;
  uint64_t skips = 0;
  uint64_t drops = 0;
  uint32_t video_codec = 0;  // legacy id or FourCC
  uint32_t audio_codec = 0;
  bool has_video = false;
  bool has_audio = false;
  std::string codecs;  // RFC 6381, video first; empty where one of them is not known
  uint32_t width = 0;
  uint32_t height = 0;
  int64_t log_bytes = 0;
  Millis uptime = 0;
};

// Microseconds; the last bucket has all that are longer.
inline constexpr Micros kDelayBounds[] = {1000, 2000, 5000, 10'000, 20'000, 50'000, 100'000, 200'000, 500'000};
inline constexpr size_t kDelayBuckets = std::size(kDelayBounds) + 1;

struct ReactorStats {
  uint64_t connections = 0;
  uint64_t players = 0;
  uint64_t rounds = 0;
  Micros round_time = 0;
  Micros round_max = 0;
  Micros round_intervals = 0;
  Micros start_delay = 0;
  Micros start_delay_max = 0;
  std::array<uint64_t, kDelayBuckets> start_delays{};  // rounds that began at most kDelayBounds late
};

struct VhostStats {
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t skips = 0;
  uint64_t drops = 0;
};

struct EngineStats {
  Millis uptime = 0;
  uint64_t connections = 0;
  uint64_t publishers = 0;
  uint64_t players = 0;
  uint64_t accepted = 0;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  Rates in;
  Rates out;
  uint64_t skips = 0;
  uint64_t drops = 0;
  int64_t log_bytes = 0;
  int64_t memory_limit = 0;
  uint64_t heap_bytes = 0;
  uint64_t events_missed = 0;
  std::array<uint64_t, kReasonCount> ended{};
  std::array<uint64_t, kReasonCount> refused{};  // HTTP requests
  std::map<int, uint64_t> responses;             // over HTTP, by status
  uint64_t objects = 0;
  uint64_t object_bytes = 0;
  std::vector<ReactorStats> reactors;
  std::vector<StreamStats> streams;
  std::map<std::string, VhostStats> vhosts;
};

}  // namespace weir

#endif  // WEIR_LIVE_STATS_H_
