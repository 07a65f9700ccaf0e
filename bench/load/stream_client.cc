#include "bench/load/stream_client.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "bench/load/connect.h"
#include "sys/tcp.h"

namespace weir::load {

// MSG_TRUNC: a player costs the machine one call, whatever its bitrate.
ssize_t DrainSocket(int fd, size_t most) { return recv(fd, nullptr, most, MSG_TRUNC); }

bool StreamClient::Fail(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
  return false;
}

bool StreamClient::CountRead(ssize_t size) {
  if (size == 0) return Fail("closed by the server");
  if (size < 0) return Fail(errno == ECONNRESET ? "reset by the server" : ErrorText(errno));
  received_ += static_cast<uint64_t>(size);
  ++reads_;
  return true;
}

bool StreamClient::Flush() {
  while (unsent() > 0) {
    IoResult result = weir::Send(fd_.get(), ByteView(out_).subspan(sent_), false);
    if (result.kind == IoResult::Kind::kBlocked) return true;
    if (result.kind != IoResult::Kind::kMoved) return Fail("reset by the server");
    sent_ += result.size;
  }
  out_.clear();
  sent_ = 0;
  return true;
}

}  // namespace weir::load
