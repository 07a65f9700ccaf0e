// What the kernel says of processes: CPU time of another one and of ourselves, and the limit of open files.
// Thread rule: any thread.
#ifndef WEIR_BENCH_LOAD_PROCESS_H_
#define WEIR_BENCH_LOAD_PROCESS_H_

#include <cstdint>
#include <string>

namespace weir::load {

// CPU seconds of all threads of a process, those that have ended included, exact to the nanosecond (the figures of
// /proc/PID/stat are the same clock in steps of 10 ms). Negative if there is no such process. 0 is ourselves.
double CpuSeconds(int process);

// Makes room for so many open files; root may raise the hard limit too. False, with a sentence in `error`, if it
// cannot.
bool EnsureFiles(uint64_t files, std::string& error);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PROCESS_H_
