// The commands of weir-load. Each takes what stands behind its name on the command line and returns the exit code:
// 0 all was as asked, 1 the run found faults, 2 it could not run.
#ifndef WEIR_BENCH_LOAD_COMMANDS_H_
#define WEIR_BENCH_LOAD_COMMANDS_H_

#include <span>

namespace weir::load {

inline constexpr int kExitGood = 0;
inline constexpr int kExitFaults = 1;
inline constexpr int kExitUsage = 2;

int RunPlay(std::span<char* const> arguments);
int RunPublish(std::span<char* const> arguments);
int RunFloor(std::span<char* const> arguments);
int RunAttack(std::span<char* const> arguments);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_COMMANDS_H_
