// Connector: opens connections to one address, from many loopback source addresses when one has too few ports
// (a source address has about 28 000 to one destination). Lifetime: plain value. Thread rule: any thread; Open is
// const.
#ifndef WEIR_BENCH_LOAD_CONNECT_H_
#define WEIR_BENCH_LOAD_CONNECT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sys/tcp.h"

namespace weir::load {

class Connector {
 public:
  explicit Connector(SocketAddress to) : to_(std::move(to)) {}

  // Source addresses as "127.0.1.0/24". False, with a sentence in `error`, if it is no IPv4 range.
  bool SetSources(std::string_view range, std::string& error);
  // Starts the connection number `index`; its source is index modulo the size of the range. Errors: errno in `error`.
  UniqueFd Open(int index, int& error) const;

 private:
  SocketAddress to_;
  uint32_t first_source_ = 0;  // host order
  uint32_t sources_ = 0;       // 0: the kernel chooses
};

// How an errno reads in the list of errors.
std::string ErrorText(int error);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_CONNECT_H_
