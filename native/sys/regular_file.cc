#include "sys/regular_file.h"

#include <sys/stat.h>

#include <cerrno>

namespace weir {

UniqueFd OpenRegularFile(const std::string& path, uint64_t& size, int& error) {
  // A FIFO without a writer would hold the thread up.
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts {};
  error = 0;
  if (!fd.valid() || fstat(fd.get(), &facts) != 0) {
    error = errno;
  } else if (!S_ISREG(facts.st_mode)) {
    error = EINVAL;
  }
  if (error != 0) return {};
  size = static_cast<uint64_t>(facts.st_size);
  return fd;
}

}  // namespace weir
