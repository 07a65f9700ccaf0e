#include "sys/memory_file.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace weir {
namespace {

constexpr size_t kMaxParts = 1024;  // IOV_MAX of Linux

// Drops the first `n` bytes of `parts`.
std::span<iovec> Advance(std::span<iovec> parts, size_t n) {
  while (!parts.empty() && n >= parts.front().iov_len) {
    n -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (n > 0) {
    parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + n;
    parts.front().iov_len -= n;
  }
  return parts;
}

}  // namespace

MemoryFile::MemoryFile(const char* name) : fd_(memfd_create(name, MFD_CLOEXEC)) {}

bool MemoryFile::WriteAt(uint64_t offset, std::span<iovec> parts) {
  while (!parts.empty()) {
    int count = static_cast<int>(std::min(parts.size(), kMaxParts));
    ssize_t n = pwritev(fd_.get(), parts.data(), count, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    offset += static_cast<uint64_t>(n);
    parts = Advance(parts, static_cast<size_t>(n));
  }
  return true;
}

bool MemoryFile::ReadAt(uint64_t offset, uint8_t* out, size_t size) const {
  while (size > 0) {
    ssize_t n = pread(fd_.get(), out, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    offset += static_cast<uint64_t>(n);
    out += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

}  // namespace weir
