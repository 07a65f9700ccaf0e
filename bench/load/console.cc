#include "bench/load/console.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <ctime>

#include "bench/load/json.h"

namespace weir::load {
namespace {

constexpr Micros kSecond = 1'000'000;

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Console::Console(const ConsoleOptions& options) : options_(options), is_terminal_(isatty(STDERR_FILENO) == 1) {
  sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool Console::WaitForStop(Micros timeout) {
  sigset_t set = StopSignals();
  timespec wait{timeout / kSecond, (timeout % kSecond) * 1000};
  return sigtimedwait(&set, nullptr, &wait) > 0;
}

bool Console::IsProgressDue(Micros now) {
  if (options_.quiet || now < next_progress_) return false;
  next_progress_ = std::max((next_progress_ == 0 ? now : next_progress_) + kSecond, now);
  return true;
}

void Console::Progress(const std::string& text) {
  std::fprintf(stderr, is_terminal_ ? "\r%s\033[K" : "%s\n", text.c_str());
  has_progress_ = is_terminal_;
}

void Console::EndProgress() {
  if (has_progress_) std::fputc('\n', stderr);
  has_progress_ = false;
}

void Console::Note(const std::string& text) {
  EndProgress();
  std::fprintf(stderr, "%s\n", text.c_str());
}

void Console::Event(std::string_view name, double seconds) {
  if (!options_.events) return;
  std::printf("%s\n", Json().Text("event", name).Number("seconds", seconds).Finish().c_str());
  std::fflush(stdout);
}

void Console::Table(const Rows& rows) {
  EndProgress();
  FILE* out = options_.events || options_.json == "-" ? stderr : stdout;
  size_t width = 0;
  for (const auto& [name, value] : rows) width = std::max(width, name.size());
  for (const auto& [name, value] : rows) {
    std::fprintf(out, "%-*s  %s\n", static_cast<int>(width), name.c_str(), value.c_str());
  }
  std::fflush(out);
}

bool Console::Result(const std::string& json) {
  if (options_.json.empty()) return true;
  if (options_.json == "-") return std::printf("%s\n", json.c_str()) > 0;
  FILE* file = std::fopen(options_.json.c_str(), "w");
  if (file == nullptr) {
    Note("cannot write " + options_.json);
    return false;
  }
  bool is_written = std::fprintf(file, "%s\n", json.c_str()) > 0;
  return std::fclose(file) == 0 && is_written;
}

std::string Format(const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  int size = std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return std::string(text, static_cast<size_t>(std::clamp<int>(size, 0, sizeof text - 1)));
}

}  // namespace weir::load
