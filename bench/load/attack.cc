// weir-load attack: thousands of hostile connections at once, each bounded in what it sends.
#include <algorithm>
#include <atomic>
#include <deque>
#include <vector>

#include "bench/load/attacker.h"
#include "bench/load/command_line.h"
#include "bench/load/commands.h"
#include "bench/load/json.h"
#include "bench/load/process.h"
#include "sys/monotonic.h"

namespace weir::load {
namespace {

constexpr Micros kPoll = 50'000;
constexpr Micros kNever = INT64_MAX / 2;
constexpr Micros kSweep = 50'000;
constexpr uint64_t kSpareFiles = 64;

struct AttackOptions {
  std::string url;
  std::string kind = "mixed";
  int connections = 100;
  double ramp = 1000;
  double duration = 60;
  std::string bind_range;
  ConsoleOptions console;
};

// Its place among the kinds, kAttackKinds for a name that is none of them.
int FindKind(std::string_view name) {
  return static_cast<int>(std::ranges::find(kAttackNames, name) - std::begin(kAttackNames));
}

class AttackCrew : public Crew {
 public:
  AttackCrew(const AttackOptions& options, Connector connector, int kind)
      : ramp_(options.ramp), connector_(std::move(connector)), start_(MonotonicMicros()) {
    share_.crew = this;
    for (int i = 0; i < options.connections; ++i) {
      attackers_.emplace_back(share_, static_cast<AttackKind>(kind < kAttackKinds ? kind : i % kAttackKinds));
    }
  }

  Micros OnTimer(Micros now) override {
    if (is_done_ || now < next_sweep_) return next_sweep_;
    next_sweep_ = now + kSweep;
    auto due = static_cast<size_t>(static_cast<double>(now - start_) / 1e6 * ramp_);
    for (; next_ < std::min(due, attackers_.size()); ++next_) {
      int error = 0;
      UniqueFd fd = connector_.Open(static_cast<int>(next_), error);
      if (fd.valid()) {
        attackers_[next_].Open(std::move(fd), now);
      } else {
        attackers_[next_].End(ErrorText(error), now);
      }
    }
    for (Attacker& attacker : attackers_) attacker.OnTimer(now);
    ended_ = share_.ended;
    open_ = static_cast<int>(std::ranges::count_if(attackers_, [](const Attacker& a) { return a.is_open(); }));
    return next_sweep_;
  }
  void OnStop(Micros now) override {
    for (Attacker& attacker : attackers_) {
      if (attacker.is_open()) attacker.End(kStillOpen, now);
    }
    is_done_ = true;
  }
  bool IsDone() const override { return is_done_; }

  static constexpr std::string_view kStillOpen = "still open at the end";
  int ended() const { return ended_; }
  int open() const { return open_; }
  // After the worker was joined.
  const AttackShare& share() const { return share_; }

 private:
  const double ramp_;
  const Connector connector_;
  const Micros start_;
  AttackShare share_;
  std::deque<Attacker> attackers_;  // addresses are epoll tags
  std::atomic<int> ended_{0};
  std::atomic<int> open_{0};
  size_t next_ = 0;
  Micros next_sweep_ = 0;
  bool is_done_ = false;
};

uint64_t CountStillOpen(const AttackShare& share) {
  uint64_t open = 0;
  for (const auto& [how, count] : share.ends.counts()) open += how.ends_with(AttackCrew::kStillOpen) ? count : 0;
  return open;
}

// Whether the server was there and ended all of them.
bool WereAllEnded(const AttackShare& share) {
  return std::ranges::all_of(share.ends.counts(), [](const auto& end) { return end.first.ends_with("by the server"); });
}

void Report(const AttackOptions& options, const AttackShare& share, Console& console) {
  Console::Rows rows = {{"sent", Format("%.1f MB", static_cast<double>(share.sent) / 1e6)}};
  Json json;
  json.Text("kind", "attack").Text("attack", options.kind).Count("connections", options.connections);
  json.Count("sent_bytes", share.sent).Count("still_open", CountStillOpen(share));
  share.ends.Write("ends", json);
  json.Open("life_ms");
  for (int i = 0; i < kAttackKinds; ++i) {
    const Samples& life = share.life[i];
    if (life.count() == 0) continue;
    json.Open(kAttackNames[i]).Number("p50", life.PercentileMs(0.5)).Number("max", life.PercentileMs(1)).Close();
    rows.emplace_back(kAttackNames[i], Format("%zu lived p50 %.0f ms, max %.0f ms", life.count(),
                                              life.PercentileMs(0.5), life.PercentileMs(1)));
  }
  for (const auto& [how, count] : share.ends.counts()) rows.emplace_back("end", how + ": " + std::to_string(count));
  console.Table(rows);
  console.Result(json.Close().Finish());
}

}  // namespace

int RunAttack(std::span<char* const> arguments) {
  AttackOptions options;
  std::vector<Flag> flags = {
      {"connections", "N", "how many, all at the same time", &options.connections},
      {"kind", "KIND", "garbage, half-handshake, slow, chunk-size, huge-message, nested-amf, mixed", &options.kind},
      {"ramp", "RATE", "connections opened per second", &options.ramp},
      {"duration", "SECONDS", "wait at most so long for the server to end them", &options.duration},
      {"bind-range", "CIDR", "source addresses: 127.0.1.0/24", &options.bind_range},
  };
  AddConsoleFlags(flags, options.console);
  if (auto code = ReadCommandLine({"attack URL", flags, &options.url}, arguments)) return *code;
  int kind = FindKind(options.kind);
  std::string problem;
  if (kind == kAttackKinds && options.kind != "mixed") return Complain("there is no kind '" + options.kind + "'");
  if (!EnsureFiles(static_cast<uint64_t>(options.connections) + kSpareFiles, problem)) return Complain(problem);
  Url url;
  if (!ParseUrl(ExpandIndex(options.url, 0), url, problem)) return Complain(problem);
  std::optional<Connector> connector = MakeConnector(url, options.bind_range, problem);
  if (!connector) return Complain(problem);

  Console console(options.console);
  AttackCrew crew(options, *connector, kind);
  Worker worker(crew);
  Micros until = MonotonicMicros() + static_cast<Micros>(options.duration * 1e6);
  worker.Start();
  while (crew.ended() < options.connections && MonotonicMicros() < until && !console.WaitForStop(kPoll)) {
    if (!console.IsProgressDue(MonotonicMicros())) continue;
    console.Progress(Format("%d open, %d of %d ended", crew.open(), crew.ended(), options.connections));
  }
  worker.RequestStop();
  worker.Join();
  Report(options, crew.share(), console);
  return WereAllEnded(crew.share()) ? kExitGood : kExitFaults;
}

}  // namespace weir::load
