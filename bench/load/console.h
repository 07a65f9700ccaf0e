// Console: what a run tells people (a live progress line, a table) and programs (one JSON object per line).
// Signals: SIGINT and SIGTERM are taken here instead of interrupting, so that every run ends with its result.
// Lifetime: one per run; made before any thread, because threads inherit the blocked signals. Thread rule: main thread.
#ifndef WEIR_BENCH_LOAD_CONSOLE_H_
#define WEIR_BENCH_LOAD_CONSOLE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace weir::load {

struct ConsoleOptions {
  bool events = false;  // JSON lines on stdout; people read stderr
  bool quiet = false;   // no progress
  std::string json;     // the result's file, "-" for stdout
};

class Console {
 public:
  explicit Console(const ConsoleOptions& options);

  // Waits; true if the user wants the run to end.
  bool WaitForStop(Micros timeout);

  // Shown once a second at most: rewritten in place on a terminal, else a line each.
  bool IsProgressDue(Micros now);
  void Progress(const std::string& text);
  // Something to be read at once.
  void Note(const std::string& text);
  void Event(std::string_view name, double seconds);

  using Rows = std::vector<std::pair<std::string, std::string>>;
  void Table(const Rows& rows);
  // False if the result file cannot be written.
  bool Result(const std::string& json);

 private:
  void EndProgress();

  ConsoleOptions options_;
  bool is_terminal_;
  bool has_progress_ = false;
  Micros next_progress_ = 0;
};

// printf into a string, for progress and tables.
[[gnu::format(printf, 1, 2)]] std::string Format(const char* format, ...);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_CONSOLE_H_
