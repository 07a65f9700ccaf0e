// Playlist: what a player needs of an HLS playlist (RFC 8216, and its successor for the low-latency tags). Bounded in
// length and in entries. Sans-IO. Lifetime: views point into the text that was read. Thread rule: pure function.
#ifndef WEIR_BENCH_LOAD_PLAYLIST_H_
#define WEIR_BENCH_LOAD_PLAYLIST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace weir::load {

struct PlaylistPiece {
  std::string_view uri;
  std::string_view map;  // of the initialization it needs, empty for none
  Micros duration = 0;
  uint64_t sequence = 0;  // of the fragment; of a part: of the fragment that it is a part of
  int part = -1;          // its number in there; -1: a whole fragment
  bool is_discontinuous = false;
  bool is_independent = true;  // of a part: begins with a key frame
};

struct Playlist {
  static constexpr size_t kMaxText = 1024 * 1024;
  static constexpr size_t kMaxPieces = 16 * 1024;

  std::string_view variant = {};  // of a master playlist: the first of its variants; then all else is empty
  Micros target = 0;              // EXT-X-TARGETDURATION
  uint64_t first_sequence = 0;
  std::vector<PlaylistPiece> fragments;
  bool has_ended = false;  // EXT-X-ENDLIST

  Micros part_target = 0;  // 0: no parts
  bool can_block = false;  // CAN-BLOCK-RELOAD
  std::vector<PlaylistPiece> parts;

  uint64_t next_sequence() const { return first_sequence + fragments.size(); }
};

// Replaces `playlist`. False, with a sentence in `error`, for a text that no player would play.
bool ReadPlaylist(std::string_view text, Playlist& playlist, std::string& error);

// The request target of a URI that stands in the playlist at `base` (itself a request target). False: it leads to
// another server.
bool ResolveUri(std::string_view base, std::string_view uri, std::string& target);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PLAYLIST_H_
