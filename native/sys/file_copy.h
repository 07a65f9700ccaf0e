// Copies pieces of open files to a new file, within the kernel. Lifetime: none. Thread rule: any thread that may wait
// for a disk.
#ifndef WEIR_SYS_FILE_COPY_H_
#define WEIR_SYS_FILE_COPY_H_

#include <cstdint>
#include <span>
#include <string>

namespace weir {

struct FilePiece {
  int fd;
  uint64_t from;
  uint64_t size;
};

// 0, or an errno: then there is no file of that name, unless it could not be opened. One that was there is emptied.
[[nodiscard]] int CopyToFile(std::span<const FilePiece> pieces, const std::string& path);

}  // namespace weir

#endif  // WEIR_SYS_FILE_COPY_H_
