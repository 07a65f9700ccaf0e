// RecordFile: a file that is being recorded: `NAME.tmp` until it is finished, then NAME. It is locked meanwhile, so
// that no other process repairs it. Lifetime: the descriptor ends with it; what was not finished stays as `NAME.tmp`.
// Thread rule: one thread at a time, which may wait for a disk. All calls that return int return 0 or an errno.
#ifndef WEIR_SYS_RECORD_FILE_H_
#define WEIR_SYS_RECORD_FILE_H_

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "sys/fd.h"

namespace weir {

class RecordFile {
 public:
  // A new file, and the directories above it. EEXIST: one of either name is there.
  [[nodiscard]] int Create(const std::string& path);
  // To go on with a finished file. ENOENT: there is none.
  [[nodiscard]] int Reopen(const std::string& path);
  // What a process that died left. EWOULDBLOCK: another process writes it.
  [[nodiscard]] int Adopt(const std::string& path);

  bool is_open() const { return fd_.valid(); }
  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }

  // All of it at the end, or nothing.
  [[nodiscard]] int Append(ByteView bytes);
  [[nodiscard]] int WriteAt(uint64_t offset, ByteView bytes);
  // EIO: the file is shorter.
  [[nodiscard]] int ReadAt(uint64_t offset, uint8_t* out, size_t size) const;
  [[nodiscard]] int Truncate(uint64_t size);
  // It gets its name and is closed.
  [[nodiscard]] int Finish();
  // It is closed and removed.
  void Discard();

 private:
  int Open(int flags);

  std::string path_;
  UniqueFd fd_;
  uint64_t size_ = 0;
};

}  // namespace weir

#endif  // WEIR_SYS_RECORD_FILE_H_
