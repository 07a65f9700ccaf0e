// MemoryFile: an anonymous file in memory (memfd), written by position and handed to sockets with sendfile.
// Lifetime: the memory is freed when the file is closed and no socket refers to its pages any more.
// Thread rule: one writer; any thread may read what was written before the offset it was told of.
#ifndef WEIR_SYS_MEMORY_FILE_H_
#define WEIR_SYS_MEMORY_FILE_H_

#include <sys/uio.h>

#include <cstdint>
#include <span>

#include "sys/fd.h"

namespace weir {

class MemoryFile {
 public:
  // `name` shows in /proc/PID/fd as memfd:NAME. valid() is false when no descriptor or memory is left.
  explicit MemoryFile(const char* name);

  bool valid() const { return fd_.valid(); }
  int fd() const { return fd_.get(); }
  // Writes all of it or fails (out of memory). Changes the entries of `parts` as it goes.
  [[nodiscard]] bool WriteAt(uint64_t offset, std::span<iovec> parts);
  // Reads exactly `size` bytes that were written before.
  [[nodiscard]] bool ReadAt(uint64_t offset, uint8_t* out, size_t size) const;

 private:
  UniqueFd fd_;
};

}  // namespace weir

#endif  // WEIR_SYS_MEMORY_FILE_H_
