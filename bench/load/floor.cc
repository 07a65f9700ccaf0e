// weir-load floor: what delivering costs at the least. A sender process (see floor_sender.h), and readers like the
// cheap players of `weir-load play` in this one.
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <deque>

#include "bench/load/command_line.h"
#include "bench/load/commands.h"
#include "bench/load/floor_sender.h"
#include "bench/load/json.h"
#include "bench/load/process.h"
#include "bench/load/stream_client.h"
#include "bench/load/worker.h"
#include "sys/monotonic.h"
#include "sys/tcp.h"

namespace weir::load {
namespace {

constexpr Micros kPoll = 50'000;
constexpr Micros kNever = INT64_MAX / 2;
constexpr double kConnectsPerSecond = 2000;
constexpr uint64_t kSpareFiles = 64;

// Reads and drops, like a player after its first key frame.
class Reader : public Endpoint {
 public:
  explicit Reader(UniqueFd fd) : fd_(std::move(fd)) {}

  void OnEvents(uint32_t events, Micros) override {
    is_connected_ = is_connected_ || (events & EPOLLOUT) != 0;
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
    ssize_t size = DrainSocket(fd_.get());
    if (size > 0) bytes_ += static_cast<uint64_t>(size);
    is_ended_ = is_ended_ || size == 0 || (size < 0 && errno != EAGAIN);
  }

  int fd() const { return fd_.get(); }
  bool is_connected() const { return is_connected_ && !is_ended_; }
  uint64_t bytes() const { return bytes_; }

 private:
  UniqueFd fd_;
  bool is_connected_ = false;
  bool is_ended_ = false;
  uint64_t bytes_ = 0;
};

class ReaderCrew : public Crew {
 public:
  ReaderCrew(SocketAddress to, int players) : connector_(std::move(to)), players_(players), start_(MonotonicMicros()) {}

  Micros OnTimer(Micros now) override {
    if (is_done_) return now;
    double elapsed = static_cast<double>(now - start_) / 1e6;
    auto due = std::min<size_t>(static_cast<size_t>(players_), static_cast<size_t>(elapsed * kConnectsPerSecond));
    for (int error = 0; readers_.size() < due;) {
      UniqueFd fd = connector_.Open(static_cast<int>(readers_.size()), error);
      if (!fd.valid()) return kNever;  // tried again in the next turn
      readers_.emplace_back(std::move(fd));
      if (!poller().AddEdge(readers_.back().fd(), &readers_.back())) return kNever;
    }
    if (now < next_count_) return kNever;
    next_count_ = now + 100'000;
    connected_ = static_cast<int>(std::ranges::count_if(readers_, [](const Reader& r) { return r.is_connected(); }));
    return kNever;
  }
  void OnStop(Micros) override { is_done_ = true; }
  bool IsDone() const override { return is_done_; }

  int connected() const { return connected_; }

 private:
  const Connector connector_;
  const int players_;
  const Micros start_;
  std::deque<Reader> readers_;  // addresses are epoll tags
  std::atomic<int> connected_{0};
  Micros next_count_ = 0;
  bool is_done_ = false;
};

struct FloorRun {
  FloorOptions options;
  ConsoleOptions console;
};

// Waits for the sender's answer of that size; false if it died or the user wants to end.
bool Await(Console& console, int control, void* out, size_t size) {
  for (;;) {
    ssize_t got = recv(control, out, size, MSG_DONTWAIT);
    if (got == static_cast<ssize_t>(size)) return true;
    if (got >= 0 || errno != EAGAIN) return false;
    if (console.WaitForStop(kPoll)) return false;
  }
}

bool AwaitReaders(Console& console, const ReaderCrew& crew, const FloorOptions& options) {
  Micros settled = 0;
  for (;;) {
    if (console.WaitForStop(kPoll)) return false;
    Micros now = MonotonicMicros();
    if (console.IsProgressDue(now)) console.Progress(Format("%d/%d readers", crew.connected(), options.players));
    if (crew.connected() < options.players) continue;
    if (settled == 0) settled = now + static_cast<Micros>(options.settle * 1e6);
    if (now >= settled) return true;
  }
}

std::string ToJson(const FloorOptions& options, const FloorMeasure& measure, double own_cpu) {
  double gbit = static_cast<double>(measure.bytes) * 8 / 1e9;
  Json json;
  json.Text("kind", "floor").Count("players", options.players).Number("interval_ms", options.interval);
  json.Number("seconds", measure.seconds).Number("total_bps", gbit * 1e9 / measure.seconds);
  json.Count("rounds", measure.rounds).Count("late_rounds", measure.late_rounds);
  json.Count("short_sends", measure.short_sends).Count("lost_sockets", measure.lost_sockets);
  json.Open("cpu").Number("own_s", own_cpu).Number("sender_s", measure.cpu_seconds);
  json.Number("sender_s_per_gbit", gbit > 0 ? measure.cpu_seconds / gbit : 0);
  return json.Close().Finish();
}

Console::Rows ToTable(const FloorOptions& options, const FloorMeasure& measure) {
  double gbit = static_cast<double>(measure.bytes) * 8 / 1e9;
  return {{"floor", Format("%d sockets, %llu rounds of %.0f ms", options.players,
                           static_cast<unsigned long long>(measure.rounds), options.interval)},
          {"delivered", Format("%.1f Mbit/s during %.1f s", gbit * 1e3 / measure.seconds, measure.seconds)},
          {"sender CPU", Format("%.1f %% of a core, %.4f s per Gbit, %.2f us a call",
                                100 * measure.cpu_seconds / measure.seconds, measure.cpu_seconds / gbit,
                                measure.cpu_seconds * 1e6 / static_cast<double>(measure.rounds) / options.players)},
          {"imperfect", Format("%llu late rounds, %llu short sends, %llu lost sockets",
                               static_cast<unsigned long long>(measure.late_rounds),
                               static_cast<unsigned long long>(measure.short_sends),
                               static_cast<unsigned long long>(measure.lost_sockets))}};
}

// The parent's part: readers, and the order to measure.
int Read(const FloorRun& run, UniqueFd control) {
  Console console(run.console);
  uint16_t port = 0;
  if (!Await(console, control.get(), &port, sizeof port)) return Complain("the sender could not listen");
  ReaderCrew crew({"127.0.0.1", port}, run.options.players);
  Worker worker(crew);
  worker.Start();
  FloorMeasure measure;
  double own_cpu = 0;
  bool is_measured = false;
  if (AwaitReaders(console, crew, run.options)) {
    own_cpu = CpuSeconds(0);
    bool is_told = send(control.get(), "g", 1, MSG_NOSIGNAL) == 1;
    is_measured = is_told && Await(console, control.get(), &measure, sizeof measure);
    own_cpu = CpuSeconds(0) - own_cpu;
  }
  worker.RequestStop();
  worker.Join();
  if (!is_measured) return Complain("the floor was not measured");
  console.Table(ToTable(run.options, measure));
  if (!console.Result(ToJson(run.options, measure, own_cpu))) return kExitUsage;
  return measure.short_sends + measure.lost_sockets + measure.late_rounds == 0 ? kExitGood : kExitFaults;
}

}  // namespace

int RunFloor(std::span<char* const> arguments) {
  FloorRun run;
  FloorOptions& options = run.options;
  std::vector<Flag> flags = {
      {"players", "N", "sockets", &options.players},
      {"bitrate", "KBPS", "to each of them", &options.bitrate},
      {"interval", "MS", "between two rounds", &options.interval},
      {"settle", "SECONDS", "before measuring", &options.settle},
      {"duration", "SECONDS", "measure so long, in whole rounds", &options.duration},
  };
  AddConsoleFlags(flags, run.console);
  if (auto code = ReadCommandLine({"floor", flags, nullptr}, arguments)) return *code;
  std::string problem;
  if (options.players < 1 || options.bitrate <= 0 || options.interval < 1) return Complain("nothing to send");
  if (!EnsureFiles(static_cast<uint64_t>(options.players) + kSpareFiles, problem)) return Complain(problem);

  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return Complain(ErrorText(errno));
  UniqueFd ours(pair[0]);
  UniqueFd theirs(pair[1]);
  pid_t child = fork();
  if (child < 0) return Complain(ErrorText(errno));
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The terminal's Ctrl-C is the parent's affair; the child ends when the parent closes.
    std::signal(SIGINT, SIG_IGN);
    ours.Reset();
    _exit(FloorSender(options, std::move(theirs)).Run());
  }
  theirs.Reset();
  int code = Read(run, std::move(ours));
  waitpid(child, nullptr, 0);
  return code;
}

}  // namespace weir::load
