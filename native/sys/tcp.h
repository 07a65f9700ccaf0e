// TCP sockets by thin, named calls: all are non-blocking and close-on-exec. Thread rule: any thread, one at a time per
// socket.
#ifndef WEIR_SYS_TCP_H_
#define WEIR_SYS_TCP_H_

#include <netinet/tcp.h>
#include <sys/uio.h>

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "sys/fd.h"

namespace weir {

// The outcome of one read or write: `size` bytes were moved, or it would block, or the peer or the socket is gone.
struct IoResult {
  enum class Kind : uint8_t { kMoved, kBlocked, kClosed, kReset, kFailed };
  Kind kind;
  size_t size = 0;
};

// A numeric address (IPv4 or IPv6, no names) and port; an empty host is every address of both families.
struct SocketAddress {
  std::string host;
  uint16_t port = 0;

  bool operator==(const SocketAddress&) const = default;
};

// The same as it is kept for every connection: IPv4 mapped into IPv6.
struct PackedAddress {
  uint8_t ip[16] = {};
  uint16_t port = 0;
};

// Backlog as nginx has it on Linux: the kernel cuts it to net.core.somaxconn.
inline constexpr int kListenBacklog = 4096;

// Listens with SO_REUSEPORT, so that every reactor can have its own queue. Errors: an invalid fd, errno in `error`.
UniqueFd ListenTcp(const SocketAddress& address, int& error);
// Whether nobody listens there: sockets of one user share a port without a word, and each gets a part of the
// connections. False: the errno in `error`.
bool CheckFree(const SocketAddress& address, int& error);
// The address that a socket is bound to (getsockname) or connected to (getpeername).
SocketAddress LocalAddress(int fd);
PackedAddress PeerAddress(int fd);
SocketAddress Unpack(const PackedAddress& packed);
// Starts a connection; EINPROGRESS is success. Errors: an invalid fd, errno in `error`.
UniqueFd ConnectTcp(const SocketAddress& address, int& error);
// The error of a finished connect, 0 if it succeeded.
int SocketError(int fd);

// An accepted socket, or an invalid fd with errno in `error` (EAGAIN: nobody waits; EMFILE: no descriptor left).
UniqueFd AcceptTcp(int listener, int& error);

IoResult Receive(int fd, uint8_t* out, size_t size);
// `more`: further bytes follow at once, the kernel may wait for them before it sends a short packet.
IoResult Send(int fd, ByteView bytes, bool more);
// The same of two pieces with one call.
IoResult SendBoth(int fd, ByteView first, ByteView second, bool more);
// Sends from a memory file without a copy in user space. SIGPIPE must be ignored by the process: sendfile has no flag
// for it.
IoResult SendFile(int fd, int file, uint64_t offset, size_t size);

// No more will be written; the peer reads what was, then the end.
void ShutdownOutput(int fd);
void SetNoDelay(int fd, bool on);
// Bounds what may wait unsent in the kernel (TCP_NOTSENT_LOWAT): EPOLLOUT comes when less is left.
void SetNotSentLowWater(int fd, uint32_t bytes);
bool GetNoDelay(int fd);
bool GetTcpInfo(int fd, tcp_info& info);

// Raises the soft limit of open files to the hard one and returns it.
uint64_t RaiseFileLimit();

}  // namespace weir

#endif  // WEIR_SYS_TCP_H_
