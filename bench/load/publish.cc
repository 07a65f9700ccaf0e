// weir-load publish: synthetic streams, or an FLV file in a loop.
#include <algorithm>
#include <vector>

#include "bench/load/command_line.h"
#include "bench/load/commands.h"
#include "bench/load/process.h"
#include "bench/load/publish_crew.h"
#include "bench/load/synthetic_source.h"
#include "sys/monotonic.h"

namespace weir::load {
namespace {

constexpr Micros kPoll = 50'000;
constexpr uint64_t kSpareFiles = 64;

std::vector<Flag> PublishFlags(PublishOptions& options) {
  std::vector<Flag> flags = {
      {"publishers", "M", "how many", &options.publishers},
      {"ramp", "RATE", "connections opened per second", &options.ramp},
      {"duration", "SECONDS", "publish so long; 0: until interrupted", &options.duration},
      {"file", "FLV", "publish that file in a loop, at its own pace, on one clock", &options.file},
      {"bitrate", "KBPS", "of the synthetic stream, which is published without --file", &options.bitrate},
      {"stamp", "", "stamp the pictures of a file too; synthetic frames always are", &options.stamp},
      {"retry", "SECONDS", "connect again so long after a failure; 0: give up", &options.retry},
      {"timeout", "SECONDS", "give a connection up that is not accepted", &options.timeout},
      {"bind-range", "CIDR", "source addresses: 127.0.1.0/24", &options.bind_range},
  };
  AddConsoleFlags(flags, options.console);
  return flags;
}

std::string CheckOptions(const PublishOptions& options) {
  if (options.publishers < 1) return "--publishers must be at least 1";
  if (options.ramp <= 0) return "--ramp must be more than 0";
  if (options.file.empty() && options.bitrate * 1000 < SyntheticSource::kMinBitrate)
    return "--bitrate must be at least 100";
  return "";
}

class PublishRun {
 public:
  PublishRun(const PublishPlan& plan, Console& console) : plan_(plan), console_(console), crew_(plan), worker_(crew_) {}

  // The exit code.
  int Run() {
    worker_.Start();
    Watch();
    bool is_complete = crew_.live().ended == 0;
    worker_.RequestStop();
    worker_.Join();
    TellErrors();
    Report();
    return is_complete && crew_.share().starts > 0 ? kExitGood : kExitFaults;
  }

 private:
  double Elapsed() const { return static_cast<double>(MonotonicMicros() - plan_.start) / 1e6; }

  // Until the time is up, all have ended, or the user wants to end.
  void Watch() {
    bool has_told_start = false;
    double duration = plan_.options.duration;
    while (crew_.live().ended < plan_.options.publishers && (duration <= 0 || Elapsed() < duration)) {
      if (console_.WaitForStop(kPoll)) return;
      TellErrors();
      bool is_full = crew_.live().publishing == plan_.options.publishers;
      if (is_full && !has_told_start) console_.Event("publishing", Elapsed());
      has_told_start = has_told_start || is_full;
      Micros now = MonotonicMicros();
      if (console_.IsProgressDue(now)) Tell(now);
    }
  }

  void Tell(Micros now) {
    uint64_t bytes = crew_.live().bytes;
    uint64_t frames = crew_.live().frames;
    double seconds = static_cast<double>(now - told_) / 1e6;
    double rate = told_ > 0 ? static_cast<double>(bytes - told_bytes_) * 8 / seconds / 1e6 : 0;
    double frame_rate = told_ > 0 ? static_cast<double>(frames - told_frames_) / seconds : 0;
    console_.Progress(Format("%5.0f s  %d/%d publishing  %.2f Mbit/s  %.0f frames/s  %llu errors", Elapsed(),
                             crew_.live().publishing.load(), plan_.options.publishers, rate, frame_rate,
                             static_cast<unsigned long long>(crew_.live().errors)));
    told_ = now;
    told_bytes_ = bytes;
    told_frames_ = frames;
  }

  void TellErrors() {
    uint64_t errors = crew_.live().errors;
    if (errors == told_errors_) return;
    std::string more =
        errors - told_errors_ > 1 ? Format(" (and %d more)", static_cast<int>(errors - told_errors_ - 1)) : "";
    console_.Note("publish " + plan_.options.url + ": " + crew_.LastError() + more);
    told_errors_ = errors;
  }

  void Report() {
    const PublisherShare& share = crew_.share();
    Json json;
    json.Text("kind", "publish").Text("url", plan_.options.url).Count("publishers", plan_.options.publishers);
    json.Number("seconds", Elapsed()).Count("starts", share.starts).Count("frames", share.frames);
    json.Count("bytes", share.bytes).Number("latest_ms", static_cast<double>(share.latest) / 1000);
    json.Number("own_cpu_s", CpuSeconds(0));
    share.errors.Write("errors", json);
    if (!plan_.options.console.quiet) {
      console_.Table(
          {{"published",
            Format("%llu frames, %.1f MB in %.1f s by %llu publishes", static_cast<unsigned long long>(share.frames),
                   static_cast<double>(share.bytes) / 1e6, Elapsed(), static_cast<unsigned long long>(share.starts))},
           {"latest frame", Format("%.1f ms after its time", static_cast<double>(share.latest) / 1000)}});
    }
    console_.Result(json.Finish());
  }

  const PublishPlan& plan_;
  Console& console_;
  PublishCrew crew_;
  Worker worker_;
  Micros told_ = 0;
  uint64_t told_bytes_ = 0;
  uint64_t told_frames_ = 0;
  uint64_t told_errors_ = 0;
};

}  // namespace

int RunPublish(std::span<char* const> arguments) {
  PublishOptions options;
  std::vector<Flag> flags = PublishFlags(options);
  if (auto code = ReadCommandLine({"publish URL", flags, &options.url}, arguments)) return *code;
  std::string problem = CheckOptions(options);
  if (!problem.empty()) return Complain(problem);
  if (!EnsureFiles(static_cast<uint64_t>(options.publishers) + kSpareFiles, problem)) return Complain(problem);
  Url url;
  if (!ParseUrl(ExpandIndex(options.url, 0), url, problem)) return Complain(problem);
  std::optional<Connector> connector = MakeConnector(url, options.bind_range, problem);
  if (!connector) return Complain(problem);

  Console console(options.console);
  PublishPlan plan{.options = options, .connector = *connector, .clip = {}, .start = MonotonicMicros()};
  if (!options.file.empty() && !plan.clip.Load(options.file, problem)) return Complain(problem);
  return PublishRun(plan, console).Run();
}

}  // namespace weir::load
