#include "sys/file_copy.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <cerrno>

#include "sys/fd.h"

namespace weir {
namespace {

constexpr mode_t kMode = 0644;

// sendfile, since copy_file_range does not go from a memory file to a disk (design 1.1).
int CopyPiece(const FilePiece& piece, int to) {
  off_t at = static_cast<off_t>(piece.from);
  const off_t end = at + static_cast<off_t>(piece.size);
  while (at < end) {
    const ssize_t n = sendfile(to, piece.fd, &at, static_cast<size_t>(end - at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) return EIO;  // the piece has less than was said
  }
  return 0;
}

}  // namespace

int CopyToFile(std::span<const FilePiece> pieces, const std::string& path) {
  const int opened = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (opened < 0) return errno;
  UniqueFd file(opened);
  int error = 0;
  for (const FilePiece& piece : pieces) {
    if (error == 0) error = CopyPiece(piece, file.get());
  }
  // Some file systems say only now that there was no room.
  if (close(file.Release()) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error != 0) unlink(path.c_str());
  return error;
}

}  // namespace weir
