#include "bench/load/process.h"

#include <sys/resource.h>

#include <algorithm>
#include <ctime>

namespace weir::load {

double CpuSeconds(int process) {
  clockid_t clock;
  timespec time;
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

bool EnsureFiles(uint64_t files, std::string& error) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= files) return true;
  rlimit wanted{files, std::max<rlim_t>(limit.rlim_max, files)};
  if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) return true;
  error = "needs " + std::to_string(files) + " open files, but the limit is " + std::to_string(limit.rlim_max) +
          ": raise it (ulimit -Hn " + std::to_string(files) + ", or nofile in limits.conf)";
  return false;
}

}  // namespace weir::load
