#include "bench/load/hls_viewer.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "bench/load/http_request.h"
#include "bench/load/stream_client.h"
#include "sys/tcp.h"

namespace weir::load {
namespace {

constexpr uint64_t kFromEnd = 3;  // fragments; RFC 8216, 6.3.3: not less than three target durations
// A head and little more: the rest of a fragment never leaves the kernel.
constexpr size_t kHeadRead = 1024;
constexpr Micros kStalledLook = 100'000;
constexpr uint32_t kEnding = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

}  // namespace

void HlsViewer::Open(UniqueFd fd, const Url& url, Micros now) {
  opened_ = now;
  state_ = State::kConnecting;
  authority_ = url.authority;
  target_ = url.target;
  text_.clear();
  map_.clear();
  is_variant_ = has_position_ = false;
  playlist_ = {};
  buffer_ = {};
  check_ = {};
  if (Connect(std::move(fd))) Request(Want::kPlaylist, target_, now);
}

void HlsViewer::Close() {
  if (state_ != State::kIdle) state_ = State::kEnded;
  share_.alarms.Cancel(*this);
  want_ = Want::kNothing;
  fd_.Reset();
}

bool HlsViewer::Connect(UniqueFd fd) {
  fd_ = std::move(fd);
  ++connections_;
  is_connected_ = was_used_ = false;
  response_ = ResponseReader();
  SetNoDelay(fd_.get(), true);
  return Watch(fd_.get());
}

void HlsViewer::Request(Want want, const std::string& target, Micros now) {
  want_ = want;
  asked_ = now;
  if (want == Want::kPlaylist) {
    playlist_asked_ = now;
    body_.clear();
  }
  out_.clear();
  sent_ = 0;
  AppendGet(out_, authority_, target);
  if (!fd_.valid()) {
    int error = 0;
    UniqueFd fd = share_.connector->Open(index(), error);
    if (!fd.valid()) return Fail(ErrorText(error));
    ++share_.hls.reconnects;
    if (!Connect(std::move(fd))) return;
  }
  Flush();
}

void HlsViewer::Flush() {
  while (is_connected_ && sent_ < out_.size()) {
    IoResult result = weir::Send(fd_.get(), ByteView(out_).subspan(sent_), false);
    // A reset is told by what is read.
    if (result.kind != IoResult::Kind::kMoved) return;
    sent_ += result.size;
  }
}

void HlsViewer::OnEvents(uint32_t events, Micros now) {
  if (!fd_.valid()) return;
  if (!is_connected_) {
    if (!FinishConnect(fd_.get(), events)) return;
    is_connected_ = true;
    if (state_ == State::kConnecting) {
      share_.connect_time.Add(now - opened_);
      state_ = State::kJoining;
    }
  }
  Flush();
  if (state_ == State::kStalled) {
    if ((events & EPOLLERR) != 0) Fail("reset by the server");
    return;
  }
  if ((events & (EPOLLIN | kEnding)) == 0) return;
  uint64_t connection = connections_;
  bool is_alive = Read(now);
  bool is_ending = (events & kEnding) != 0;
  // The end shares its edge with the last bytes: read up to it.
  while (is_alive && is_ending && IsCurrent(connection) && want_ != Want::kNothing) is_alive = Read(now);
  if (IsCurrent(connection) && (!is_alive || is_ending)) OnDisconnected(now);
}

// Until there is nothing more, or a response is whole: then nothing more can be there.
bool HlsViewer::Read(Micros now) {
  for (;;) {
    bool drops = (want_ == Want::kFragment || want_ == Want::kMap) && !share_.is_sampled;
    uint64_t left = drops ? response_.counted_left() : 0;
    std::span<uint8_t> scratch = share_.crew->scratch();
    size_t room = drops && response_.is_idle() ? kHeadRead : scratch.size();
    if (left > 0) room = std::min<uint64_t>(left, kMaxDrain);
    ssize_t size = left > 0 ? DrainSocket(fd_.get(), room) : recv(fd_.get(), scratch.data(), room, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) return false;
    auto taken = static_cast<size_t>(size);
    bytes_ += taken;
    ++reads_;
    if (left > 0) response_.Skip(taken);
    ByteView in = left > 0 ? ByteView() : ByteView(scratch.data(), taken);
    if (!Feed(in, now) || taken < room) return true;
  }
}

// False: the response is whole, or the viewer has failed.
bool HlsViewer::Feed(ByteView in, Micros now) {
  for (;;) {
    switch (response_.Next(in)) {
      case ResponseReader::Step::kHead:
        was_used_ = true;
        break;
      case ResponseReader::Step::kBody:
        OnBody(response_.body(), now);
        break;
      case ResponseReader::Step::kEnd:
        if (!in.empty()) return Break("http: more than was asked for");
        if (!response_.keeps_alive()) fd_.Reset();
        OnWhole(now);
        return false;
      case ResponseReader::Step::kMore:
        return body_.size() <= Playlist::kMaxText || Break("a playlist without an end");
      case ResponseReader::Step::kBroken:
        return Break(std::string("http: ") + response_.problem());
    }
  }
}

void HlsViewer::OnBody(ByteView body, Micros now) {
  if (want_ == Want::kPlaylist) body_ += AsText(body);
  if (want_ == Want::kFragment && share_.is_sampled) check_.Read(body, now, share_.latency_from, share_.check);
}

bool HlsViewer::Break(const std::string& problem) {
  Fail(problem);
  return false;
}

void HlsViewer::OnDisconnected(Micros now) {
  fd_.Reset();
  if (want_ == Want::kNothing) return;
  if (response_.ends_with_connection()) return OnWhole(now);
  // RFC 9112, 9.3.1: a server may close between two responses, and the request that crossed it is sent again.
  if (!was_used_ || !response_.is_idle()) return Fail("closed by the server");
  int error = 0;
  UniqueFd fd = share_.connector->Open(index(), error);
  if (!fd.valid()) return Fail(ErrorText(error));
  ++share_.hls.reconnects;
  sent_ = 0;
  Connect(std::move(fd));
}

void HlsViewer::OnWhole(Micros now) {
  Want had = std::exchange(want_, Want::kNothing);
  std::string status = std::to_string(response_.status());
  bool is_good = response_.status() == 200;
  if (had == Want::kPlaylist) {
    if (!is_good) return Fail("refused: " + status);
    OnPlaylist(now);
  } else {
    if (!is_good) share_.errors.Add("fragment refused: " + status);
    if (had == Want::kFragment) ++next_;
    if (had == Want::kFragment && is_good) OnFragment(now);
    if (!is_good) Miss(1);
  }
  if (is_open() && want_ == Want::kNothing) Proceed(now);
}

void HlsViewer::OnPlaylist(Micros now) {
  ++share_.hls.playlists;
  if (IsMeasuring(asked_)) share_.hls.playlist_time.Add(now - asked_);
  bool is_first = text_.empty();
  bool is_changed = body_ != text_;
  if (is_changed && !AdoptPlaylist()) return;
  if (!playlist_.variant.empty()) {
    std::string target;
    bool is_known = ResolveUri(target_, playlist_.variant, target);
    if (!is_known || std::exchange(is_variant_, true)) return Fail("playlist: no variant to play");
    target_ = target;
    text_.clear();
    return Request(Want::kPlaylist, target_, now);
  }
  if (is_first) share_.start_time.Add(now - opened_);
  if (!is_changed) ++share_.hls.unchanged;
  reload_at_ = playlist_asked_ + (is_changed ? playlist_.target : playlist_.target / 2);
}

// Takes what has arrived as the playlist in use. False: it is none, or is not what may follow the one before.
bool HlsViewer::AdoptPlaylist() {
  uint64_t first_before = playlist_.first_sequence;
  std::string problem;
  text_.swap(body_);
  if (!ReadPlaylist(text_, playlist_, problem)) return Break("playlist: " + problem);
  if (!playlist_.variant.empty()) return true;
  uint64_t end = playlist_.next_sequence();
  if (!has_position_) {
    next_ = end - std::min<uint64_t>(kFromEnd, playlist_.fragments.size());
    has_position_ = true;
    return true;
  }
  if (playlist_.first_sequence < first_before || end < next_) return Break("playlist: runs backwards");
  if (next_ < playlist_.first_sequence) {
    Miss(playlist_.first_sequence - next_);
    next_ = playlist_.first_sequence;
  }
  return true;
}

void HlsViewer::Miss(uint64_t fragments) {
  share_.hls.missed += fragments;
  // The gap is counted here, and is not one of what is checked behind it.
  check_ = {};
}

void HlsViewer::OnFragment(Micros now) {
  HlsTotals& totals = share_.hls;
  ++totals.fragments;
  Micros took = now - asked_;
  if (IsMeasuring(asked_)) totals.fragment_time.Add(took);
  if (took > duration_) ++totals.late;
  buffer_.Add(duration_, now, totals);
  if (share_.is_sampled && !check_.End(now, share_.latency_from, share_.check)) {
    share_.errors.Add("fragment: " + check_.problem());
    ++share_.check.corrupt;
  }
  if (state_ != State::kJoining) return;
  share_.join_time.Add(now - opened_);
  state_ = State::kPlaying;
}

void HlsViewer::Proceed(Micros now) {
  if (next_ < playlist_.next_sequence()) return FetchPiece(playlist_.fragments[next_ - playlist_.first_sequence], now);
  if (playlist_.has_ended) return Fail("ended by the server");
  if (now >= reload_at_) return Request(Want::kPlaylist, target_, now);
  SetAlarm();
}

void HlsViewer::FetchPiece(const PlaylistPiece& piece, Micros now) {
  bool needs_map = !piece.map.empty() && piece.map != map_;
  std::string target;
  if (!ResolveUri(target_, needs_map ? piece.map : piece.uri, target)) return Fail("playlist: leads to another server");
  if (needs_map) {
    map_ = piece.map;
    return Request(Want::kMap, target, now);
  }
  duration_ = piece.duration;
  if (share_.is_sampled) check_.Begin(piece.is_discontinuous);
  Request(Want::kFragment, target, now);
  SetAlarm();
}

// The next thing that happens without an event of the socket.
void HlsViewer::SetAlarm() {
  Micros empty_at = buffer_.empty_at();
  Micros at = want_ == Want::kNothing ? reload_at_ : empty_at;
  if (empty_at != 0) at = std::min(at, empty_at);
  if (at != 0 && is_open()) share_.alarms.Set(*this, at);
}

void HlsViewer::OnAlarm(Micros now) {
  if (state_ == State::kStalled) {
    // Whoever does not watch sees no picture stop.
    buffer_ = {};
    return share_.alarms.Set(*this, now + kStalledLook);
  }
  buffer_.Look(now, share_.hls);
  if (want_ == Want::kNothing) return Proceed(now);
  SetAlarm();
}

}  // namespace weir::load
