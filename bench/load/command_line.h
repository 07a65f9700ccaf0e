// What the commands share: flags that all have, and the way from arguments to options.
// Thread rule: main thread.
#ifndef WEIR_BENCH_LOAD_COMMAND_LINE_H_
#define WEIR_BENCH_LOAD_COMMAND_LINE_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/load/connect.h"
#include "bench/load/console.h"
#include "bench/load/flags.h"
#include "bench/load/url.h"

namespace weir::load {

// --json, --events and --quiet.
void AddConsoleFlags(std::vector<Flag>& flags, ConsoleOptions& options);

struct CommandLine {
  std::string usage;  // "play URL"
  std::span<const Flag> flags;
  std::string* url = nullptr;  // null: the command takes none
};

// Parses; an exit code when the command is over already: after --help, or with an error on stderr.
std::optional<int> ReadCommandLine(const CommandLine& line, std::span<char* const> arguments);

// Says what is wrong and returns kExitUsage.
int Complain(const std::string& problem);

// A connector to the host of the URL, from `range` if that is not empty.
std::optional<Connector> MakeConnector(const Url& url, const std::string& range, std::string& error);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_COMMAND_LINE_H_
