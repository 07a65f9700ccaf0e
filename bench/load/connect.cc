#include "bench/load/connect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace weir::load {

bool Connector::SetSources(std::string_view range, std::string& error) {
  size_t slash = range.find('/');
  std::string base(range.substr(0, slash));
  in_addr address{};
  int bits = 32;
  bool has_bits = slash != std::string_view::npos;
  const char* end = range.data() + range.size();
  bool is_valid = inet_pton(AF_INET, base.c_str(), &address) == 1;
  if (has_bits) is_valid = is_valid && std::from_chars(range.data() + slash + 1, end, bits).ptr == end;
  if (!is_valid || bits < 8 || bits > 32) {
    error = "'" + std::string(range) + "' is not a range such as 127.0.1.0/24";
    return false;
  }
  // Neither the network's own address nor its broadcast address can be a source.
  bool is_single = bits >= 31;
  first_source_ = ntohl(address.s_addr) + (is_single ? 0 : 1);
  sources_ = is_single ? 1 : std::min<uint32_t>((1u << (32 - bits)) - 2, 65534);
  return true;
}

UniqueFd Connector::Open(int index, int& error) const {
  if (sources_ == 0) return ConnectTcp(to_, error);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(to_.port);
  if (inet_pton(AF_INET, to_.host.c_str(), &to.sin_addr) != 1) {
    error = EAFNOSUPPORT;
    return {};
  }
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(first_source_ + static_cast<uint32_t>(index) % sources_);
  int on = 1;
  // The port is chosen at connect, when the destination is known: without it all sources would share one port range.
  setsockopt(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (!fd.valid() || bind(fd.get(), reinterpret_cast<sockaddr*>(&from), sizeof from) != 0 ||
      (connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)) {
    error = errno;
    return {};
  }
  error = 0;
  return fd;
}

std::string ErrorText(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused";
    case EADDRNOTAVAIL:
      return "no port left (use --bind-range 127.0.1.0/24)";
    case EMFILE:
      return "no file descriptor left (raise nofile)";
    default:
      return std::strerror(error);
  }
}

}  // namespace weir::load
