#include "driver/options.h"

#include <charconv>
#include <cstdio>
#include <string_view>

#include "live/stream.h"

namespace weir::driver {
namespace {

constexpr const char* kUsage =
    "usage: weir-driver [--seed N] [--seconds S] [--shards N] [--players P] [--viewers W] [--publishers M]\n"
    "                   [--vandals V]\n"
    "       weir-driver --memory\n"
    "Publishes, plays and misbehaves at random on an engine in this process, and proves what players receive.\n";

template <class T>
bool ReadNumber(std::string_view text, T low, T high, T& number) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= low && number <= high;
}

bool ReadOption(std::string_view name, std::string_view value, Options& options) {
  if (name == "--seed") return ReadNumber<uint64_t>(value, 0, UINT64_MAX, options.seed);
  if (name == "--seconds") return ReadNumber<int64_t>(value, 1, 1'000'000, options.seconds);
  if (name == "--shards" || name == "--reactors") return ReadNumber(value, 1, Stream::kMaxShards, options.shards);
  if (name == "--players") return ReadNumber(value, 1, 1'000, options.players);
  if (name == "--viewers") return ReadNumber(value, 0, 1'000, options.viewers);
  if (name == "--publishers") return ReadNumber(value, 1, 100, options.publishers);
  if (name == "--vandals") return ReadNumber(value, 0, 100, options.vandals);
  return false;
}

}  // namespace

bool ReadOptions(std::span<char*> arguments, Options& options) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view name = arguments[i];
    if (name == "--memory") {
      options.memory = true;
      continue;
    }
    if (i + 1 < arguments.size() && ReadOption(name, arguments[i + 1], options)) {
      ++i;
      continue;
    }
    std::fputs(kUsage, stderr);
    return false;
  }
  return true;
}

}  // namespace weir::driver
