// weir-micro [--json] [FILTER]: measures the native code that runs once per message.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/native/harness.h"
#include "sys/monotonic.h"

namespace weir::micro {
namespace {

constexpr int kRounds = 7;
constexpr Micros kRound = 100'000;

struct Figures {
  double ns_per_message = 0;
  double bytes_per_second = 0;
};

Figures MeasureRound(const Case& subject) {
  Work total;
  Micros start = MonotonicMicros();
  Micros end = start;
  while (end - start < kRound) {
    Work work = subject.run();
    total.messages += work.messages;
    total.bytes += work.bytes;
    end = MonotonicMicros();
  }
  auto micros = static_cast<double>(end - start);
  return {micros * 1000 / static_cast<double>(total.messages), static_cast<double>(total.bytes) * 1e6 / micros};
}

Figures Measure(const Case& subject) {
  MeasureRound(subject);  // warms caches and buffers up
  std::array<Figures, kRounds> rounds;
  for (Figures& round : rounds) round = MeasureRound(subject);
  std::ranges::sort(rounds, {}, &Figures::ns_per_message);
  return rounds[kRounds / 2];
}

void Print(const Case& subject, const Figures& figures, bool as_json) {
  if (as_json) {
    std::printf("{\"name\":\"%s\",\"ns_per_message\":%.1f,\"bytes_per_second\":%.0f}\n", subject.name.c_str(),
                figures.ns_per_message, figures.bytes_per_second);
  } else {
    std::printf("%-44s %10.1f ns/message %10.1f MB/s\n", subject.name.c_str(), figures.ns_per_message,
                figures.bytes_per_second / 1e6);
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace weir::micro

int main(int argc, char** argv) {
  using weir::micro::Case;
  bool as_json = false;
  std::string_view filter;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--json") {
      as_json = true;
    } else {
      filter = argv[i];
    }
  }
  weir::micro::Cases cases;
  weir::micro::AddChunkCases(cases);
  weir::micro::AddAmfCases(cases);
  weir::micro::AddMediaCases(cases);
  weir::micro::AddLogCases(cases);
  for (const Case& subject : cases) {
    if (subject.name.find(filter) == std::string::npos) continue;
    Print(subject, weir::micro::Measure(subject), as_json);
  }
  return EXIT_SUCCESS;
}
