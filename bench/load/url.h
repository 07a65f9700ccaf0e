// Url: an address taken apart. Of rtmp:// as librtmp does: the app is everything up to the last slash, the rest is the
// stream. Of http:// and ws:// the ending of the path says what is watched. Lifetime, thread rule: plain values.
#ifndef WEIR_BENCH_LOAD_URL_H_
#define WEIR_BENCH_LOAD_URL_H_

#include <string>
#include <string_view>

#include "sys/tcp.h"

namespace weir::load {

enum class Protocol : uint8_t { kRtmp, kFlv, kWsFlv, kTs, kHls };

struct Url {
  Protocol protocol = Protocol::kRtmp;
  std::string tc_url;  // rtmp://host[:port]/app
  std::string app;
  std::string stream;
  std::string authority;  // of http and ws: what the Host header says
  std::string target;     // of http and ws: path and query
  std::string host;
  uint16_t port = 1935;
};

// False, with a sentence in `error`, if it is no rtmp:// URL with an app and a stream.
bool ParseUrl(std::string_view text, Url& url, std::string& error);
// The same for whoever watches: also http://.../x.flv, .ts and .m3u8, and ws://.../x.flv.
bool ParseViewerUrl(std::string_view text, Url& url, std::string& error);

// The text with every {i} replaced by the number.
std::string ExpandIndex(std::string_view text, int index);

// The numeric address of a host name, through the resolver. False, with a sentence in `error`, if there is none.
bool Resolve(const std::string& host, uint16_t port, SocketAddress& address, std::string& error);

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_URL_H_
