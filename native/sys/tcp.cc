#include "sys/tcp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace weir {
namespace {

struct RawAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// False if `host` is not a numeric address.
bool ToRaw(const SocketAddress& address, RawAddress& raw) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&raw.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&raw.storage);
  if (inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    raw.size = sizeof *v4;
    return true;
  }
  if (address.host.empty()) {
    v6->sin6_addr = in6addr_any;
  } else if (inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) != 1) {
    return false;
  }
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(address.port);
  raw.size = sizeof *v6;
  return true;
}

SocketAddress FromRaw(const sockaddr_storage& storage) {
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return {text, ntohs(v4->sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    // An IPv4 peer of a dual-stack listener reads as IPv4: ACLs and logs know it by that name.
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
      inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    }
    return {text, ntohs(v6->sin6_port)};
  }
  return {};
}

void SetFlag(int fd, int level, int option, int value) { setsockopt(fd, level, option, &value, sizeof value); }

IoResult FromReturn(ssize_t n) {
  if (n > 0) return {IoResult::Kind::kMoved, static_cast<size_t>(n)};
  if (n == 0) return {IoResult::Kind::kClosed};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {IoResult::Kind::kBlocked};
  if (errno == ECONNRESET || errno == EPIPE) return {IoResult::Kind::kReset};
  return {IoResult::Kind::kFailed};
}

UniqueFd NewSocket(const RawAddress& raw) {
  return UniqueFd(socket(raw.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
}

// Invalid with its errno in error. is_shared: with other sockets of this user that say so, too.
UniqueFd BindTcp(const SocketAddress& address, bool is_shared, int& error) {
  RawAddress raw;
  error = EINVAL;
  if (!ToRaw(address, raw)) return {};
  UniqueFd fd = NewSocket(raw);
  if (!fd.valid() && errno == EAFNOSUPPORT && address.host.empty()) {
    // No IPv6 in this kernel or container: every IPv4 address instead.
    if (!ToRaw({"0.0.0.0", address.port}, raw)) return {};
    fd = NewSocket(raw);
  }
  error = errno;
  if (!fd.valid()) return {};
  SetFlag(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (is_shared) SetFlag(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  if (raw.storage.ss_family == AF_INET6) SetFlag(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, address.host.empty() ? 0 : 1);
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&raw.storage), raw.size) != 0) {
    error = errno;
    return {};
  }
  error = 0;
  return fd;
}

}  // namespace

bool CheckFree(const SocketAddress& address, int& error) { return BindTcp(address, false, error).valid(); }

UniqueFd ListenTcp(const SocketAddress& address, int& error) {
  UniqueFd fd = BindTcp(address, true, error);
  if (fd.valid() && listen(fd.get(), kListenBacklog) != 0) {
    error = errno;
    return {};
  }
  return fd;
}

SocketAddress LocalAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return FromRaw(storage);
}

PackedAddress PeerAddress(int fd) {
  PackedAddress packed;
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return packed;
  if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    packed.ip[10] = packed.ip[11] = 0xFF;  // ::ffff:a.b.c.d
    memcpy(packed.ip + 12, &v4->sin_addr, 4);
    packed.port = ntohs(v4->sin_port);
  } else if (storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    memcpy(packed.ip, &v6->sin6_addr, sizeof packed.ip);
    packed.port = ntohs(v6->sin6_port);
  }
  return packed;
}

SocketAddress Unpack(const PackedAddress& packed) {
  sockaddr_storage storage{};
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  v6->sin6_family = AF_INET6;
  memcpy(&v6->sin6_addr, packed.ip, sizeof packed.ip);
  v6->sin6_port = htons(packed.port);
  return FromRaw(storage);
}

UniqueFd ConnectTcp(const SocketAddress& address, int& error) {
  RawAddress raw;
  error = EINVAL;
  if (!ToRaw(address, raw)) return {};
  UniqueFd fd = NewSocket(raw);
  error = errno;
  if (!fd.valid()) return {};
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&raw.storage), raw.size) != 0 && errno != EINPROGRESS) {
    error = errno;
    return {};
  }
  error = 0;
  return fd;
}

int SocketError(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

UniqueFd AcceptTcp(int listener, int& error) {
  UniqueFd fd(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  error = fd.valid() ? 0 : errno;
  return fd;
}

IoResult Receive(int fd, uint8_t* out, size_t size) { return FromReturn(recv(fd, out, size, 0)); }

IoResult Send(int fd, ByteView bytes, bool more) {
  return FromReturn(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | (more ? MSG_MORE : 0)));
}

IoResult SendBoth(int fd, ByteView first, ByteView second, bool more) {
  iovec parts[] = {{const_cast<uint8_t*>(first.data()), first.size()},
                   {const_cast<uint8_t*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  return FromReturn(sendmsg(fd, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0)));
}

IoResult SendFile(int fd, int file, uint64_t offset, size_t size) {
  off_t position = static_cast<off_t>(offset);
  return FromReturn(sendfile(fd, file, &position, size));
}

void ShutdownOutput(int fd) { shutdown(fd, SHUT_WR); }

void SetNoDelay(int fd, bool on) { SetFlag(fd, IPPROTO_TCP, TCP_NODELAY, on ? 1 : 0); }

void SetNotSentLowWater(int fd, uint32_t bytes) {
  SetFlag(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, static_cast<int>(bytes));
}

bool GetNoDelay(int fd) {
  int on = 0;
  socklen_t size = sizeof on;
  return getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size) == 0 && on != 0;
}

bool GetTcpInfo(int fd, tcp_info& info) {
  socklen_t size = sizeof info;
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
}

uint64_t RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace weir
