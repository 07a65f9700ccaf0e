#include "bench/load/playlist.h"

#include <charconv>
#include <cmath>

namespace weir::load {
namespace {

constexpr double kMaxSeconds = 1e6;

bool ParseSeconds(std::string_view text, Micros& time) {
  double seconds = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  if (problem != std::errc() || end != text.data() + text.size() || !(seconds >= 0 && seconds < kMaxSeconds)) {
    return false;
  }
  time = std::llround(seconds * 1e6);
  return true;
}

bool ParseCount(std::string_view text, uint64_t& number) {
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size();
}

// The value of `name` in an attribute list (RFC 8216, 4.2), without its quotes; empty if it is not there.
std::string_view Attribute(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    size_t equals = list.find('=');
    if (equals == list.npos) return {};
    std::string_view found = list.substr(0, equals);
    list.remove_prefix(equals + 1);
    bool is_quoted = list.starts_with('"');
    if (is_quoted) list.remove_prefix(1);
    size_t end = list.find(is_quoted ? '"' : ',');
    std::string_view value = list.substr(0, end);
    if (found == name) return value;
    if (end == list.npos) return {};
    size_t comma = list.find(',', end);
    if (comma == list.npos) return {};
    list.remove_prefix(comma + 1);
  }
  return {};
}

class Reader {
 public:
  explicit Reader(Playlist& playlist) : playlist_(playlist) {}

  bool Line(std::string_view line) {
    if (line.empty()) return true;
    if (line.front() != '#') return Uri(line);
    size_t colon = line.find(':');
    std::string_view tag = line.substr(0, colon);
    std::string_view value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
    if (!Header(tag, value)) return false;
    if (tag == "#EXTINF") return Duration(value);
    if (tag == "#EXT-X-DISCONTINUITY") is_discontinuous_ = true;
    if (tag == "#EXT-X-MAP") map_ = Attribute(value, "URI");
    if (tag == "#EXT-X-PART") return Part(value);
    return true;
  }

  bool Finish() {
    if (!playlist_.variant.empty()) return true;
    if (playlist_.target == 0) return Fail("no EXT-X-TARGETDURATION");
    return !has_duration_ || Fail("an EXTINF without a URI");
  }

  const char* problem() const { return problem_; }

 private:
  bool Fail(const char* problem) {
    problem_ = problem;
    return false;
  }

  bool Header(std::string_view tag, std::string_view value) {
    if (tag == "#EXT-X-ENDLIST") playlist_.has_ended = true;
    if (tag == "#EXT-X-STREAM-INF") is_variant_next_ = true;
    if (tag == "#EXT-X-TARGETDURATION" && (!ParseSeconds(value, playlist_.target) || playlist_.target == 0)) {
      return Fail("no target duration");
    }
    if (tag == "#EXT-X-MEDIA-SEQUENCE" && !ParseCount(value, playlist_.first_sequence)) {
      return Fail("no media sequence");
    }
    if (tag == "#EXT-X-PART-INF" && !ParseSeconds(Attribute(value, "PART-TARGET"), playlist_.part_target)) {
      return Fail("no part target");
    }
    if (tag == "#EXT-X-SERVER-CONTROL") playlist_.can_block = Attribute(value, "CAN-BLOCK-RELOAD") == "YES";
    return true;
  }

  bool Duration(std::string_view value) {
    has_duration_ = true;
    size_t comma = value.find(',');
    if (comma == value.npos) return Fail("an EXTINF without its comma");
    return ParseSeconds(value.substr(0, comma), duration_) || Fail("an EXTINF that is no number");
  }

  bool Uri(std::string_view uri) {
    if (is_variant_next_) {
      if (playlist_.variant.empty()) playlist_.variant = uri;
      is_variant_next_ = false;
      return true;
    }
    if (!has_duration_) return Fail("a fragment without EXTINF");
    if (playlist_.fragments.size() == Playlist::kMaxPieces) return Fail("too many fragments");
    playlist_.fragments.push_back({.uri = uri,
                                   .map = map_,
                                   .duration = duration_,
                                   .sequence = playlist_.next_sequence(),
                                   .is_discontinuous = is_discontinuous_});
    has_duration_ = is_discontinuous_ = false;
    part_ = 0;
    return true;
  }

  bool Part(std::string_view value) {
    if (playlist_.parts.size() == Playlist::kMaxPieces) return Fail("too many parts");
    PlaylistPiece part{.uri = Attribute(value, "URI"),
                       .map = map_,
                       .sequence = playlist_.next_sequence(),
                       .part = part_++,
                       .is_discontinuous = is_discontinuous_ && part_ == 1,
                       .is_independent = Attribute(value, "INDEPENDENT") == "YES"};
    if (part.uri.empty() || !ParseSeconds(Attribute(value, "DURATION"), part.duration)) return Fail("a broken part");
    playlist_.parts.push_back(part);
    return true;
  }

  Playlist& playlist_;
  Micros duration_ = 0;
  bool has_duration_ = false;
  bool is_discontinuous_ = false;
  bool is_variant_next_ = false;
  int part_ = 0;
  std::string_view map_;
  const char* problem_ = "";
};

std::string_view NextLine(std::string_view& text) {
  size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool ReadPlaylist(std::string_view text, Playlist& playlist, std::string& error) {
  // Cleared one by one: the vectors' memory serves the next reload.
  playlist.fragments.clear();
  playlist.parts.clear();
  playlist = {.fragments = std::move(playlist.fragments), .parts = std::move(playlist.parts)};
  Reader reader(playlist);
  bool is_good = text.size() <= Playlist::kMaxText && NextLine(text) == "#EXTM3U";
  error = "no playlist";
  if (!is_good) return false;
  while (is_good && !text.empty()) is_good = reader.Line(NextLine(text));
  is_good = is_good && reader.Finish();
  error = reader.problem();
  return is_good;
}

bool ResolveUri(std::string_view base, std::string_view uri, std::string& target) {
  size_t colon = uri.find(':');
  if (colon != uri.npos && colon < uri.find('/')) return false;
  if (uri.starts_with("//") || uri.empty()) return false;
  if (uri.starts_with('/')) {
    target = uri;
    return true;
  }
  std::string_view folder = base.substr(0, base.find('?'));
  folder = folder.substr(0, folder.rfind('/') + 1);
  while (uri.starts_with("../") || uri.starts_with("./")) {
    bool is_up = uri.starts_with("../");
    uri.remove_prefix(is_up ? 3 : 2);
    if (is_up && folder.size() > 1) folder = folder.substr(0, folder.rfind('/', folder.size() - 2) + 1);
  }
  target = std::string(folder) + std::string(uri);
  return true;
}

}  // namespace weir::load
