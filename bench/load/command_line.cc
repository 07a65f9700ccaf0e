#include "bench/load/command_line.h"

#include <cstdio>

#include "bench/load/commands.h"

namespace weir::load {

void AddConsoleFlags(std::vector<Flag>& flags, ConsoleOptions& options) {
  flags.push_back({"json", "FILE", "write the result as JSON, '-' for stdout", &options.json});
  flags.push_back({"events", "", "tell programs on stdout what happens, a JSON object per line", &options.events});
  flags.push_back({"quiet", "", "no progress", &options.quiet});
}

int Complain(const std::string& problem) {
  std::fprintf(stderr, "weir-load: %s\n", problem.c_str());
  return kExitUsage;
}

std::optional<int> ReadCommandLine(const CommandLine& line, std::span<char* const> arguments) {
  for (std::string_view argument : arguments) {
    if (argument != "--help" && argument != "-h") continue;
    std::printf("weir-load %s [flags]\n%s", line.usage.c_str(), DescribeFlags(line.flags).c_str());
    return kExitGood;
  }
  std::vector<std::string> positional;
  std::string error;
  if (!ParseFlags(line.flags, arguments, positional, error)) return Complain(error);
  if (positional.size() != (line.url != nullptr ? 1 : 0))
    return Complain("usage: weir-load " + line.usage + " [flags]");
  if (line.url != nullptr) *line.url = positional[0];
  return std::nullopt;
}

std::optional<Connector> MakeConnector(const Url& url, const std::string& range, std::string& error) {
  SocketAddress address;
  if (!Resolve(url.host, url.port, address, error)) return std::nullopt;
  Connector connector(address);
  if (!range.empty() && !connector.SetSources(range, error)) return std::nullopt;
  return connector;
}

}  // namespace weir::load
