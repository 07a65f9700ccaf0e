// weir-load play: many viewers of one stream (or of many, by {i}), over any protocol.
#include <algorithm>
#include <memory>
#include <vector>

#include "bench/load/command_line.h"
#include "bench/load/commands.h"
#include "bench/load/play_crew.h"
#include "bench/load/play_result.h"
#include "bench/load/process.h"
#include "sys/monotonic.h"

namespace weir::load {
namespace {

constexpr Micros kPoll = 50'000;
constexpr uint64_t kSpareFiles = 64;

struct Team {
  std::unique_ptr<PlayCrew> crew;
  std::unique_ptr<Worker> worker;
};

std::vector<Flag> PlayFlags(PlayOptions& options) {
  std::vector<Flag> flags = {
      {"players", "N", "how many", &options.players},
      {"ramp", "RATE", "connections opened per second", &options.ramp},
      {"storm", "", "open all at once", &options.storm},
      {"settle", "SECONDS", "wait after the last join, before measuring", &options.settle},
      {"duration", "SECONDS", "measure so long; 0: until interrupted", &options.duration},
      {"join-timeout", "SECONDS", "give a player up without a key frame", &options.join_timeout},
      {"sample", "K", "players that parse and check every byte", &options.sample},
      {"slow", "K", "players that stop reading when the measurement begins", &options.slow},
      {"resume", "SECONDS", "the slow ones read again after so long; 0: never", &options.resume},
      {"churn", "RATE", "players that leave and come back, per second", &options.churn},
      {"watch", "PID", "measure the CPU time of that process too", &options.watch},
      {"threads", "N", "threads, besides one for the sampled players", &options.threads},
      {"bind-range", "CIDR", "source addresses, for more than 28000 players: 127.0.1.0/24", &options.bind_range},
  };
  AddConsoleFlags(flags, options.console);
  return flags;
}

std::string CheckOptions(const PlayOptions& options) {
  if (options.players < 1) return "--players must be at least 1";
  if (options.ramp <= 0) return "--ramp must be more than 0";
  if (options.threads < 1) return "--threads must be at least 1";
  if (options.slow > options.players) return "--slow is more than --players";
  if (options.watch > 0 && CpuSeconds(options.watch) < 0) return "there is no process " + std::to_string(options.watch);
  return "";
}

// The sampled players get a thread of their own: their clock readings must not wait for a thousand others.
std::vector<Team> MakeTeams(PlayPlan& plan) {
  const PlayOptions& options = plan.options;
  std::vector<int> sampled;
  std::vector<std::vector<int>> bulk(static_cast<size_t>(options.threads));
  size_t next = 0;
  for (int i = 0; i < options.players; ++i) {
    bool is_sampled =
        (int64_t{i} + 1) * options.sample / options.players > int64_t{i} * options.sample / options.players;
    (is_sampled ? sampled : bulk[next++ % bulk.size()]).push_back(i);
  }
  std::vector<Team> teams;
  auto add = [&](const std::vector<int>& indexes, bool is_sampled, int slow) {
    if (indexes.empty()) return;
    auto crew = std::make_unique<PlayCrew>(plan, indexes, is_sampled, slow);
    auto worker = std::make_unique<Worker>(*crew);
    teams.push_back({std::move(crew), std::move(worker)});
  };
  add(sampled, true, 0);
  int left = options.slow;
  for (size_t i = 0; i < bulk.size(); ++i) {
    int share = std::min<int>(left, (left + static_cast<int>(bulk.size() - i) - 1) / static_cast<int>(bulk.size() - i));
    add(bulk[i], false, share);
    left -= share;
  }
  return teams;
}

class PlayRun {
 public:
  PlayRun(PlayPlan& plan, Console& console) : plan_(plan), console_(console), teams_(MakeTeams(plan)) {}

  PlayResult Run() {
    plan_.start = MonotonicMicros();
    for (Team& team : teams_) team.worker->Start();
    bool goes_on = AwaitJoins() && Await(plan_.options.settle);
    if (goes_on) Measure();
    for (Team& team : teams_) team.worker->RequestStop();
    for (Team& team : teams_) team.worker->Join();
    return Collect();
  }

 private:
  template <class T>
  T Sum(std::atomic<T> PlayLive::*member) const {
    T sum = 0;
    for (const Team& team : teams_) sum += (team.crew->live().*member).load(std::memory_order_relaxed);
    return sum;
  }
  double Elapsed() const { return static_cast<double>(MonotonicMicros() - plan_.start) / 1e6; }

  void Tell() {
    Micros now = MonotonicMicros();
    if (!console_.IsProgressDue(now)) return;
    uint64_t bytes = Sum(&PlayLive::bytes);
    uint64_t joins = Sum(&PlayLive::joins);
    double seconds = static_cast<double>(now - told_) / 1e6;
    double rate = told_ > 0 ? static_cast<double>(bytes - told_bytes_) * 8 / seconds / 1e6 : 0;
    console_.Progress(Format("%5.0f s  %d/%d players  %.1f Mbit/s  %llu joins  %d failed  %llu faults", Elapsed(),
                             Sum(&PlayLive::joined), plan_.options.players, rate,
                             static_cast<unsigned long long>(joins), Sum(&PlayLive::failed),
                             static_cast<unsigned long long>(Sum(&PlayLive::faults))));
    told_ = now;
    told_bytes_ = bytes;
  }

  // False if the user wants to end.
  bool Await(double seconds) {
    Micros until = MonotonicMicros() + static_cast<Micros>(seconds * 1e6);
    while (MonotonicMicros() < until) {
      Micros left = until - MonotonicMicros();
      if (console_.WaitForStop(std::clamp<Micros>(left, 0, kPoll))) return false;
      Tell();
    }
    return true;
  }

  bool AwaitJoins() {
    int players = plan_.options.players;
    while (Sum(&PlayLive::joined) + Sum(&PlayLive::failed) < players) {
      if (console_.WaitForStop(kPoll)) return false;
      Tell();
    }
    console_.Event("joined", Elapsed());
    return true;
  }

  void Measure() {
    int watched = plan_.options.watch;
    double own = CpuSeconds(0);
    double other = watched > 0 ? CpuSeconds(watched) : 0;
    Micros start = MonotonicMicros();
    plan_.phase.store(PlayPhase::kMeasure, std::memory_order_release);
    console_.Event("measuring", Elapsed());
    constexpr double kForever = 1e9;
    Await(plan_.options.duration > 0 ? plan_.options.duration : kForever);
    result_.own_cpu = CpuSeconds(0) - own;
    double end = watched > 0 ? CpuSeconds(watched) : 0;
    if (watched > 0 && end >= 0) result_.watched_cpu = end - other;
    result_.seconds = static_cast<double>(MonotonicMicros() - start) / 1e6;
    plan_.phase.store(PlayPhase::kOver, std::memory_order_release);
    console_.Event("measured", Elapsed());
    // Longer than a worker's tick: each sees the end before it is told to leave.
    console_.WaitForStop(kPoll);
  }

  PlayResult Collect() {
    std::vector<PlayerRate> rates;
    for (const Team& team : teams_) {
      const ViewerShare& share = team.crew->share();
      rates.insert(rates.end(), team.crew->rates().begin(), team.crew->rates().end());
      if (share.is_sampled) result_.sampled = plan_.options.sample;
      result_.check.Merge(share.check);
      result_.hls.Merge(share.hls);
      result_.connect_time.Merge(share.connect_time);
      result_.start_time.Merge(share.start_time);
      result_.join_time.Merge(share.join_time);
      result_.errors.Merge(share.errors);
      result_.lost += share.lost;
      result_.rejoins += team.crew->rejoins();
      result_.slow_alive += team.crew->slow_alive();
    }
    result_.options = plan_.options;
    result_.joined = Sum(&PlayLive::joined);
    result_.joins = Sum(&PlayLive::joins);
    result_.rate = SummarizeRates(rates);
    return std::move(result_);
  }

  PlayPlan& plan_;
  Console& console_;
  std::vector<Team> teams_;
  PlayResult result_;
  Micros told_ = 0;
  uint64_t told_bytes_ = 0;
};

}  // namespace

int RunPlay(std::span<char* const> arguments) {
  PlayOptions options;
  std::vector<Flag> flags = PlayFlags(options);
  if (auto code = ReadCommandLine({"play URL", flags, &options.url}, arguments)) return *code;
  std::string problem = CheckOptions(options);
  if (!problem.empty()) return Complain(problem);
  options.sample = std::min(options.sample, options.players - options.slow);
  if (!EnsureFiles(static_cast<uint64_t>(options.players) + kSpareFiles, problem)) return Complain(problem);
  Url url;
  if (!ParseViewerUrl(ExpandIndex(options.url, 0), url, problem)) return Complain(problem);
  std::optional<Connector> connector = MakeConnector(url, options.bind_range, problem);
  if (!connector) return Complain(problem);

  Console console(options.console);
  PlayPlan plan{.options = options, .connector = *connector, .protocol = url.protocol};
  PlayResult result = PlayRun(plan, console).Run();
  console.Table(ToTable(result));
  if (!console.Result(ToJson(result))) return kExitUsage;
  return result.IsGood() ? kExitGood : kExitFaults;
}

}  // namespace weir::load
