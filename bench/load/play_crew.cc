#include "bench/load/play_crew.h"

#include <sys/socket.h>

#include <algorithm>
#include <limits>

#include "bench/load/url.h"

namespace weir::load {
namespace {

constexpr Micros kSweep = 100'000;
constexpr Micros kNever = std::numeric_limits<Micros>::max() / 2;

Micros ToMicros(double seconds) { return static_cast<Micros>(seconds * 1e6); }

// What a stopped reader's kernel still takes. Over a network that is the reader's own memory and time; over loopback
// the server's send() does it, page by page, and its other players would wait for what no server does elsewhere.
constexpr int kSlowBuffer = 16 << 10;

}  // namespace

PlayCrew::PlayCrew(PlayPlan& plan, const std::vector<int>& indexes, bool is_sampled, int slow) : plan_(plan) {
  share_.crew = this;
  share_.connector = &plan.connector;
  share_.is_sampled = is_sampled;
  share_.latency_from = kNever;
  auto size = static_cast<int64_t>(indexes.size());
  for (int64_t i = 0; i < size; ++i) {
    bool is_slow = (i + 1) * slow / size > i * slow / size;  // spread evenly
    seats_.push_back({.is_slow = is_slow});
    viewers_.push_back(MakeViewer(plan.protocol, share_, indexes[static_cast<size_t>(i)]));
  }
  churn_share_ = is_sampled ? 0 : plan.options.churn * static_cast<double>(size) / plan.options.players;
}

Micros PlayCrew::OpenTime(int index) const {
  const PlayOptions& options = plan_.options;
  return options.storm ? plan_.start : plan_.start + ToMicros(index / options.ramp);
}

void PlayCrew::Open(size_t at, Micros now) {
  Url url;
  std::string problem;
  int error = 0;
  Viewer& viewer = *viewers_[at];
  UniqueFd fd = plan_.connector.Open(viewer.index(), error);
  if (!ParseViewerUrl(ExpandIndex(plan_.options.url, viewer.index()), url, problem)) return viewer.Fail(problem);
  if (!fd.valid()) return viewer.Fail(ErrorText(error));
  if (seats_[at].is_slow) setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kSlowBuffer, sizeof kSlowBuffer);
  viewer.Open(std::move(fd), url, now);
}

void PlayCrew::OpenDue(Micros now) {
  for (; next_open_ < seats_.size() && OpenTime(viewers_[next_open_]->index()) <= now; ++next_open_)
    Open(next_open_, now);
}

Micros PlayCrew::OnTimer(Micros now) {
  if (is_done_) return now;
  OpenDue(now);
  PlayPhase phase = plan_.phase.load(std::memory_order_acquire);
  if (phase == PlayPhase::kMeasure && phase_ == PlayPhase::kJoin) BeginMeasure(now);
  if (phase == PlayPhase::kOver && phase_ == PlayPhase::kMeasure) EndMeasure(now);
  phase_ = phase;
  if (phase_ == PlayPhase::kMeasure) Churn(now);
  share_.alarms.Ring(now);
  if (now >= next_sweep_) Sweep(now);
  return next_open_ < seats_.size() ? OpenTime(viewers_[next_open_]->index()) : kNever;
}

void PlayCrew::Sweep(Micros now) {
  next_sweep_ = now + kSweep;
  Micros patience = ToMicros(plan_.options.join_timeout);
  int joined = 0;
  uint64_t bytes = 0;
  for (const auto& viewer : viewers_) {
    bool is_waiting = viewer->state() == Viewer::State::kConnecting || viewer->state() == Viewer::State::kJoining;
    if (is_waiting && now - viewer->opened() > patience) {
      viewer->Fail(viewer->state() == Viewer::State::kConnecting ? "no connection in time" : "no key frame in time");
    }
    bool is_joined = viewer->state() == Viewer::State::kPlaying || viewer->state() == Viewer::State::kStalled;
    joined += is_joined ? 1 : 0;
    bytes += viewer->bytes();
  }
  live_.opened = static_cast<int>(next_open_);
  live_.joined = joined;
  live_.failed = share_.failed;
  live_.joins = share_.join_time.count();
  live_.bytes = bytes;
  const CheckTotals& check = share_.check;
  live_.faults = check.gaps + check.corrupt + check.repeated + check.backwards + check.jumps + check.continuity +
                 share_.hls.stalls + share_.hls.missed;
}

void PlayCrew::Churn(Micros now) {
  double elapsed = static_cast<double>(now - measure_start_) / 1e6;
  auto due = static_cast<uint64_t>(elapsed * churn_share_);
  for (size_t tried = 0; rejoins_ < due && tried < seats_.size(); ++tried) {
    size_t at = next_churn_++ % seats_.size();
    if (seats_[at].is_slow || viewers_[at]->state() != Viewer::State::kPlaying) continue;
    viewers_[at]->Close();
    Open(at, now);
    seats_[at].was_away = true;
    ++rejoins_;
  }
  if (plan_.options.resume > 0 && !has_resumed_ && elapsed >= plan_.options.resume) {
    has_resumed_ = true;
    for (const auto& viewer : viewers_) viewer->Resume(now);
  }
}

void PlayCrew::BeginMeasure(Micros now) {
  measure_start_ = now;
  share_.latency_from = now;
  for (size_t i = 0; i < seats_.size(); ++i) {
    seats_[i].bytes = viewers_[i]->bytes();
    seats_[i].reads = viewers_[i]->reads();
    seats_[i].was_away = viewers_[i]->state() != Viewer::State::kPlaying;
    if (seats_[i].is_slow) viewers_[i]->Stall();
  }
}

void PlayCrew::EndMeasure(Micros now) {
  double seconds = static_cast<double>(now - measure_start_) / 1e6;
  for (size_t i = 0; i < seats_.size(); ++i) {
    const Seat& seat = seats_[i];
    bool is_playing = viewers_[i]->state() == Viewer::State::kPlaying;
    rates_.push_back({.bits_per_second = static_cast<double>(viewers_[i]->bytes() - seat.bytes) * 8 / seconds,
                      .reads_per_second = static_cast<double>(viewers_[i]->reads() - seat.reads) / seconds,
                      .is_whole = is_playing && !seat.is_slow && !seat.was_away});
    slow_alive_ += seat.is_slow && viewers_[i]->is_open() ? 1 : 0;
    viewers_[i]->OnMeasured(now);
  }
  share_.latency_from = kNever;
  Sweep(now);
}

void PlayCrew::OnStop(Micros now) {
  Sweep(now);
  for (const auto& viewer : viewers_) viewer->Close();
  is_done_ = true;
}

}  // namespace weir::load
