// Flags: the command line of one weir-load command, described as a table from which both parsing and help come.
// Lifetime: the table points at the caller's options, which must outlive it. Thread rule: main thread.
#ifndef WEIR_BENCH_LOAD_FLAGS_H_
#define WEIR_BENCH_LOAD_FLAGS_H_

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weir::load {

struct Flag {
  using Target = std::variant<bool*, int*, double*, std::string*>;

  std::string_view name;   // without the dashes
  std::string_view value;  // what stands for its value in the help, empty for a switch
  std::string_view help;
  Target target;
};

// Reads `arguments`; what is no flag goes to `positional`. Both `--name value` and `--name=value` are understood.
// False, with a sentence in `error`, on an unknown flag, a missing value, or a number that is none or is negative.
bool ParseFlags(std::span<const Flag> flags, std::span<char* const> arguments, std::vector<std::string>& positional,
                std::string& error);

// One line per flag, with its default as the target holds it now.
std::string DescribeFlags(std::span<const Flag> flags);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_FLAGS_H_
