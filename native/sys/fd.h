// UniqueFd: owns one file descriptor and closes it. (No header of this folder may be named like one of libc's
// <sys/...>.) Lifetime: the descriptor ends with it. Thread rule: plain value.
#ifndef WEIR_SYS_FD_H_
#define WEIR_SYS_FD_H_

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace weir {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

// A descriptor that costs nothing, kept to be given up when there is no other left.
inline UniqueFd OpenNull() { return UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace weir

#endif  // WEIR_SYS_FD_H_
