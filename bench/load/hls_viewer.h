// HlsViewer: watches a playlist as a player does (RFC 8216, 6.3): begins three fragments from the end, fetches what is
// new over one keep-alive connection, reloads after a target duration, or half of one when nothing was new, and keeps
// count of a buffer that plays. A sampled one proves that every fragment is whole and goes on where the last one ended;
// the others drop fragments in the kernel. Lifetime: its crew. Thread rule: its crew's thread.
#ifndef WEIR_BENCH_LOAD_HLS_VIEWER_H_
#define WEIR_BENCH_LOAD_HLS_VIEWER_H_

#include <string>

#include "bench/load/fragment_check.h"
#include "bench/load/http_response.h"
#include "bench/load/play_buffer.h"
#include "bench/load/playlist.h"
#include "bench/load/viewer.h"

namespace weir::load {

class HlsViewer : public Viewer {
 public:
  HlsViewer(ViewerShare& share, int index) : Viewer(share, index) {}

  void Open(UniqueFd fd, const Url& url, Micros now) override;
  void Close() override;
  void OnEvents(uint32_t events, Micros now) override;
  void OnAlarm(Micros now) override;

  uint64_t bytes() const override { return bytes_; }
  uint64_t reads() const override { return reads_; }

 private:
  // What the request in flight is for.
  enum class Want : uint8_t { kNothing, kPlaylist, kMap, kFragment };

  bool Connect(UniqueFd fd);
  void Request(Want want, const std::string& target, Micros now);
  void Flush();
  // Reads what is there. False: the connection has ended.
  bool Read(Micros now);
  bool Feed(ByteView in, Micros now);
  void OnBody(ByteView body, Micros now);
  bool Break(const std::string& problem);
  bool IsCurrent(uint64_t connection) const { return fd_.valid() && connections_ == connection; }
  void OnDisconnected(Micros now);
  void OnWhole(Micros now);
  void OnPlaylist(Micros now);
  bool AdoptPlaylist();
  void OnFragment(Micros now);
  // With nothing in flight: fetches what comes next, or waits for it.
  void Proceed(Micros now);
  void FetchPiece(const PlaylistPiece& piece, Micros now);
  void Miss(uint64_t fragments);
  void SetAlarm();
  bool IsMeasuring(Micros now) const { return now >= share_.latency_from; }

  UniqueFd fd_;
  uint64_t connections_ = 0;  // so far
  bool is_connected_ = false;
  bool was_used_ = false;  // a response came over this connection: its end is no fault
  std::string authority_;
  std::string target_;  // of the playlist
  Buffer out_;          // the request, kept until its response has begun
  size_t sent_ = 0;     // of it
  ResponseReader response_;
  Want want_ = Want::kNothing;
  Micros asked_ = 0;
  std::string body_;  // of the playlist that is arriving
  std::string text_;  // of the one in use
  Playlist playlist_;
  std::string map_;  // the initialization that was fetched last
  Micros reload_at_ = 0;
  Micros playlist_asked_ = 0;
  bool is_variant_ = false;  // target_ came from a master playlist
  bool has_position_ = false;
  uint64_t next_ = 0;    // the fragment to fetch next
  Micros duration_ = 0;  // of the fragment in flight
  PlayBuffer buffer_;
  FragmentCheck check_;  // of a sampled viewer
  uint64_t bytes_ = 0;
  uint64_t reads_ = 0;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_HLS_VIEWER_H_
