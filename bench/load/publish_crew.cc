#include "bench/load/publish_crew.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "bench/load/synthetic_source.h"
#include "bench/load/url.h"

namespace weir::load {
namespace {

constexpr Micros kSweep = 20'000;
constexpr Micros kGoodbye = 1'000'000;
constexpr Micros kNever = std::numeric_limits<Micros>::max() / 2;
// What OBS sends with.
constexpr uint32_t kChunkSize = 4096;

Micros ToMicros(double seconds) { return static_cast<Micros>(seconds * 1e6); }

}  // namespace

PublishCrew::PublishCrew(const PublishPlan& plan) : plan_(plan) {
  share_.crew = this;
  for (int i = 0; i < plan.options.publishers; ++i) {
    publishers_.emplace_back(share_);
    open_at_.push_back(plan.start + ToMicros(i / plan.options.ramp));
  }
  is_queued_.resize(publishers_.size());
}

void PublishCrew::Open(size_t index, Micros now) {
  open_at_[index] = kNever;
  Url url;
  std::string problem;
  int error = 0;
  UniqueFd fd = plan_.connector.Open(static_cast<int>(index), error);
  std::string text = ExpandIndex(plan_.options.url, static_cast<int>(index));
  if (!ParseUrl(text, url, problem)) return publishers_[index].Fail(problem);
  if (!fd.valid()) return publishers_[index].Fail(ErrorText(error));
  rtmp::ClientRequest request;
  request.tc_url = url.tc_url;
  request.app = url.app;
  request.stream = url.stream;
  request.publish = true;
  request.chunk_size = kChunkSize;
  std::unique_ptr<MediaSource> source;
  if (plan_.options.file.empty()) {
    source = std::make_unique<SyntheticSource>(plan_.options.bitrate * 1000);
  } else {
    source = std::make_unique<FlvSource>(plan_.clip, plan_.options.stamp);
  }
  publishers_[index].Open(std::move(fd), std::move(request), std::move(source), now);
}

Micros PublishCrew::OnTimer(Micros now) {
  if (is_done_) return now;
  if (now >= next_sweep_) Sweep(now);
  if (stop_by_ == 0) Serve(now);
  return due_.empty() ? next_sweep_ : std::min(next_sweep_, due_.top().first);
}

void PublishCrew::Serve(Micros now) {
  while (!due_.empty() && due_.top().first <= now) {
    size_t index = due_.top().second;
    due_.pop();
    Micros next = publishers_[index].OnTimer(now);
    is_queued_[index] = next < kNever;
    if (is_queued_[index]) due_.emplace(next, index);
  }
}

void PublishCrew::Sweep(Micros now) {
  next_sweep_ = now + kSweep;
  int publishing = 0;
  int ended = 0;
  for (size_t i = 0; i < publishers_.size(); ++i) {
    Publisher& publisher = publishers_[i];
    if (stop_by_ == 0 && open_at_[i] <= now) Open(i, now);
    bool is_pending =
        publisher.state() == Publisher::State::kConnecting || publisher.state() == Publisher::State::kWaiting;
    if (is_pending && now - publisher.opened() > ToMicros(plan_.options.timeout)) publisher.Fail("no answer in time");
    if (publisher.state() == Publisher::State::kPublishing) {
      ++publishing;
      if (!is_queued_[i]) due_.emplace(now, i);
      is_queued_[i] = true;
    }
    bool is_over = publisher.state() == Publisher::State::kEnded && open_at_[i] == kNever;
    if (is_over && plan_.options.retry > 0) open_at_[i] = now + ToMicros(plan_.options.retry);
    ended += is_over && plan_.options.retry <= 0 ? 1 : 0;
  }
  live_.publishing = publishing;
  live_.ended = ended;
  live_.frames = share_.frames;
  live_.bytes = share_.bytes;
  if (share_.errors.total() != live_.errors) {
    std::lock_guard lock(error_mutex_);
    last_error_ = share_.last_error;
    live_.errors = share_.errors.total();
  }
  bool is_anyone_left = std::ranges::any_of(publishers_, [](const Publisher& p) { return p.is_open(); });
  if (stop_by_ != 0 && (!is_anyone_left || now >= stop_by_)) is_done_ = true;
}

void PublishCrew::OnStop(Micros now) {
  for (Publisher& publisher : publishers_) publisher.Stop();
  stop_by_ = now + kGoodbye;
  next_sweep_ = now;
}

std::string PublishCrew::LastError() {
  std::lock_guard lock(error_mutex_);
  return last_error_;
}

}  // namespace weir::load
