#include "sys/record_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace weir {
namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

std::string TemporaryName(const std::string& path) { return path + ".tmp"; }

int MakeDirectoriesAbove(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (mkdir(path.substr(0, slash).c_str(), kDirectoryMode) != 0 && errno != EEXIST) return errno;
  }
  return 0;
}

}  // namespace

int RecordFile::Create(const std::string& path) {
  path_ = path;
  if (int error = MakeDirectoriesAbove(path)) return error;
  if (access(path.c_str(), F_OK) == 0) return EEXIST;
  return Open(O_CREAT | O_EXCL);
}

int RecordFile::Reopen(const std::string& path) {
  path_ = path;
  const std::string temporary = TemporaryName(path);
  if (access(temporary.c_str(), F_OK) == 0) return EEXIST;
  if (rename(path.c_str(), temporary.c_str()) != 0) return errno;
  return Open(0);
}

int RecordFile::Adopt(const std::string& path) {
  path_ = path;
  return Open(0);
}

int RecordFile::Open(int flags) {
  UniqueFd fd(open(TemporaryName(path_).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, kFileMode));
  if (!fd.valid()) return errno;
  struct stat facts {};
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0 || fstat(fd.get(), &facts) != 0) return errno;
  size_ = static_cast<uint64_t>(facts.st_size);
  fd_ = std::move(fd);
  return 0;
}

int RecordFile::Append(ByteView bytes) {
  int error = WriteAt(size_, bytes);
  if (error == 0) {
    size_ += bytes.size();
  } else if (int cut = Truncate(size_); cut != 0) {
    error = cut;
  }
  return error;
}

int RecordFile::WriteAt(uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    offset += static_cast<uint64_t>(n);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return 0;
}

int RecordFile::ReadAt(uint64_t offset, uint8_t* out, size_t size) const {
  while (size > 0) {
    const ssize_t n = pread(fd_.get(), out, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) return EIO;
    offset += static_cast<uint64_t>(n);
    out += n;
    size -= static_cast<size_t>(n);
  }
  return 0;
}

int RecordFile::Truncate(uint64_t size) {
  if (ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return errno;
  size_ = size;
  return 0;
}

int RecordFile::Finish() {
  // The lock goes last: nobody may repair what has no name yet.
  int error = rename(TemporaryName(path_).c_str(), path_.c_str()) == 0 ? 0 : errno;
  // Some file systems say only now that there was no room.
  if (close(fd_.Release()) != 0 && error == 0 && errno != EINTR) error = errno;
  return error;
}

void RecordFile::Discard() {
  unlink(TemporaryName(path_).c_str());
  fd_.Reset();
}

}  // namespace weir
