#include "bench/load/play_result.h"

#include <algorithm>
#include <cmath>

namespace weir::load {
namespace {

constexpr double kEven = 0.02;

std::string Times(const Samples& samples) {
  return Format("p50 %.1f ms, p99 %.1f ms, max %.1f ms (%zu)", samples.PercentileMs(0.5), samples.PercentileMs(0.99),
                samples.PercentileMs(1), samples.count());
}

void WriteTimes(std::string_view name, const Samples& samples, Json& json) {
  json.Open(name).Number("p50", samples.PercentileMs(0.5)).Number("p90", samples.PercentileMs(0.9));
  json.Number("p99", samples.PercentileMs(0.99)).Number("max", samples.PercentileMs(1));
  json.Count("count", samples.count()).Close();
}

void WriteRate(const RateSummary& rate, Json& json) {
  json.Open("rate").Count("players", static_cast<uint64_t>(rate.players)).Number("min_bps", rate.min);
  json.Number("mean_bps", rate.mean).Number("max_bps", rate.max).Count("outside_2_percent", rate.outside);
  json.Number("reads_per_second", rate.reads).Number("total_bps", rate.total).Close();
}

void WriteCheck(const PlayResult& result, Json& json) {
  const CheckTotals& check = result.check;
  json.Open("sample").Count("players", result.sampled).Count("frames", check.frames).Count("stamped", check.stamped);
  json.Count("corrupt", check.corrupt).Count("gaps", check.gaps).Count("missing", check.missing);
  json.Count("repeated", check.repeated).Count("backwards", check.backwards).Count("jumps", check.jumps);
  json.Count("continuity", check.continuity)
      .Count("silent", check.silent)
      .Count("starts_without_key", check.starts_without_key)
      .Count("starts_late", check.starts_late);
  json.Count("republishes", check.republishes).Count("first_timestamp_max_ms", check.first_timestamp_max);
  WriteTimes("latency_ms", check.latency, json);
  json.Close();
}

void WriteHls(const HlsTotals& hls, Json& json) {
  json.Open("hls").Count("playlists", hls.playlists).Count("unchanged", hls.unchanged);
  json.Count("fragments", hls.fragments).Count("late", hls.late).Count("missed", hls.missed);
  json.Count("stalls", hls.stalls).Number("stalled_s", static_cast<double>(hls.stalled) / 1e6);
  json.Count("reconnects", hls.reconnects);
  WriteTimes("playlist_ms", hls.playlist_time, json);
  WriteTimes("fragment_ms", hls.fragment_time, json);
  json.Close();
}

std::string CheckText(const PlayResult& result) {
  const CheckTotals& check = result.check;
  auto count = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  std::string text =
      Format("%d players, %llu frames, %llu stamped: ", result.sampled, count(check.frames), count(check.stamped));
  if (check.IsClean()) return text + "no fault";
  return text + Format(
                    "%llu gaps (%llu frames), %llu corrupt, %llu repeated, %llu backwards, %llu jumps, "
                    "%llu breaks of continuity, %llu silent, %llu starts without a key frame",
                    count(check.gaps), count(check.missing), count(check.corrupt), count(check.repeated),
                    count(check.backwards), count(check.jumps), count(check.continuity), count(check.silent),
                    count(check.starts_without_key));
}

void AddHls(const HlsTotals& hls, Console::Rows& rows) {
  auto count = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  rows.emplace_back("fetched",
                    Format("%llu fragments, %llu playlists of which %llu brought nothing, %llu reconnects",
                           count(hls.fragments), count(hls.playlists), count(hls.unchanged), count(hls.reconnects)));
  rows.emplace_back("watched", Format("%llu stalls (%.1f s), %llu fragments missed, %llu late", count(hls.stalls),
                                      static_cast<double>(hls.stalled) / 1e6, count(hls.missed), count(hls.late)));
  rows.emplace_back("playlist", Times(hls.playlist_time));
  rows.emplace_back("fragment", Times(hls.fragment_time));
}

}  // namespace

bool PlayResult::IsGood() const {
  // Who churns may be on the way back when the end comes.
  bool has_all = options.churn > 0 || joined + options.slow >= options.players;
  return errors.empty() && lost == 0 && has_all && check.IsClean() && hls.IsClean();
}

RateSummary SummarizeRates(const std::vector<PlayerRate>& rates) {
  RateSummary summary;
  summary.min = INFINITY;
  double sum = 0;
  double reads = 0;
  for (const PlayerRate& rate : rates) {
    summary.total += rate.bits_per_second;
    if (!rate.is_whole) continue;
    ++summary.players;
    sum += rate.bits_per_second;
    reads += rate.reads_per_second;
    summary.min = std::min(summary.min, rate.bits_per_second);
    summary.max = std::max(summary.max, rate.bits_per_second);
  }
  if (summary.players == 0) return {.total = summary.total};
  summary.mean = sum / summary.players;
  summary.reads = reads / summary.players;
  summary.outside = static_cast<int>(std::count_if(rates.begin(), rates.end(), [&](const PlayerRate& rate) {
    return rate.is_whole && std::abs(rate.bits_per_second - summary.mean) > kEven * summary.mean;
  }));
  return summary;
}

std::string ToJson(const PlayResult& result) {
  Json json;
  json.Text("kind", "play").Text("url", result.options.url).Count("players", result.options.players);
  json.Flag("good", result.IsGood()).Number("seconds", result.seconds).Count("joined", result.joined);
  json.Count("joins", result.joins).Count("rejoins", result.rejoins).Count("lost", result.lost);
  json.Count("slow", result.options.slow).Count("slow_alive", result.slow_alive);
  WriteRate(result.rate, json);
  WriteTimes("connect_ms", result.connect_time, json);
  WriteTimes("start_ms", result.start_time, json);
  WriteTimes("join_ms", result.join_time, json);
  WriteCheck(result, json);
  if (result.hls.playlists > 0) WriteHls(result.hls, json);
  result.errors.Write("errors", json);
  json.Open("cpu").Number("own_s", result.own_cpu).Number("own_s_per_gbit", result.PerGbit(result.own_cpu));
  if (result.watched_cpu >= 0) {
    json.Number("watched_s", result.watched_cpu).Number("watched_s_per_gbit", result.PerGbit(result.watched_cpu));
  }
  return json.Close().Finish();
}

Console::Rows ToTable(const PlayResult& result) {
  const RateSummary& rate = result.rate;
  Console::Rows rows;
  rows.emplace_back(
      "players", Format("%d of %d at the end, %llu joins, %llu lost", result.joined, result.options.players,
                        static_cast<unsigned long long>(result.joins), static_cast<unsigned long long>(result.lost)));
  rows.emplace_back("delivered", Format("%.1f Mbit/s during %.1f s", rate.total / 1e6, result.seconds));
  rows.emplace_back("per player",
                    Format("min %.1f, mean %.1f, max %.1f kbit/s; %d of %d more than 2 %% off; %.1f reads/s",
                           rate.min / 1e3, rate.mean / 1e3, rate.max / 1e3, rate.outside, rate.players, rate.reads));
  rows.emplace_back("connect", Times(result.connect_time));
  rows.emplace_back("play started", Times(result.start_time));
  rows.emplace_back("first key frame", Times(result.join_time));
  if (result.hls.playlists > 0) AddHls(result.hls, rows);
  if (result.sampled > 0) rows.emplace_back("checked", CheckText(result));
  if (result.check.latency.count() > 0) rows.emplace_back("added latency", Times(result.check.latency));
  if (result.options.slow > 0)
    rows.emplace_back("slow", Format("%d of %d still open", result.slow_alive, result.options.slow));
  auto cpu = [&](double seconds) {
    return Format("%.1f %% of a core, %.4f s per Gbit", 100 * seconds / std::max(result.seconds, 1e-9),
                  result.PerGbit(seconds));
  };
  if (result.watched_cpu >= 0) rows.emplace_back("server CPU", cpu(result.watched_cpu));
  rows.emplace_back("own CPU", cpu(result.own_cpu));
  for (const auto& [kind, count] : result.errors.counts())
    rows.emplace_back("error", kind + ": " + std::to_string(count));
  return rows;
}

}  // namespace weir::load
