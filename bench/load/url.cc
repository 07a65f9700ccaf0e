#include "bench/load/url.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <charconv>

namespace weir::load {
namespace {

bool ParsePort(std::string_view text, uint16_t& port) {
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc() && end == text.data() + text.size() && port != 0;
}

// Splits "host:port", "[v6]:port" or a bare host.
bool ParseAuthority(std::string_view authority, Url& url) {
  size_t close = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  size_t colon = authority.find(':', close == std::string_view::npos ? 0 : close);
  if (colon != std::string_view::npos && !ParsePort(authority.substr(colon + 1), url.port)) return false;
  std::string_view host = authority.substr(0, colon);
  if (close != std::string_view::npos) host = host.substr(1, close - 1);
  url.host = host;
  return !host.empty();
}

}  // namespace

bool ParseUrl(std::string_view text, Url& url, std::string& error) {
  constexpr std::string_view kScheme = "rtmp://";
  error = "'" + std::string(text) + "' is not rtmp://host[:port]/app/stream";
  if (!text.starts_with(kScheme)) return false;
  size_t path = text.find('/', kScheme.size());
  if (path == std::string_view::npos) return false;
  if (!ParseAuthority(text.substr(kScheme.size(), path - kScheme.size()), url)) return false;
  // A query belongs to the stream, and may itself contain slashes.
  size_t query = text.find('?', path);
  size_t slash = text.rfind('/', query);
  if (slash <= path) slash = text.rfind('/');  // rtmp://host/app?vhost=v/stream
  if (slash <= path || slash + 1 >= text.size()) return false;
  url.app = text.substr(path + 1, slash - path - 1);
  url.stream = text.substr(slash + 1);
  url.tc_url = text.substr(0, slash);
  error.clear();
  return true;
}

bool ParseViewerUrl(std::string_view text, Url& url, std::string& error) {
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kWs = "ws://";
  bool is_ws = text.starts_with(kWs);
  if (!is_ws && !text.starts_with(kHttp)) return ParseUrl(text, url, error);
  error = "'" + std::string(text) + "' is not http://host[:port]/app/stream.flv, .ts or .m3u8, nor ws://.../stream.flv";
  size_t start = (is_ws ? kWs : kHttp).size();
  size_t path = text.find('/', start);
  if (path == std::string_view::npos) return false;
  url.port = 80;
  url.authority = text.substr(start, path - start);
  url.target = text.substr(path);
  if (!ParseAuthority(url.authority, url)) return false;
  std::string_view name = std::string_view(url.target).substr(0, url.target.find('?'));
  if (name.ends_with(".flv")) {
    url.protocol = is_ws ? Protocol::kWsFlv : Protocol::kFlv;
  } else if (!is_ws && name.ends_with(".ts")) {
    url.protocol = Protocol::kTs;
  } else if (!is_ws && name.ends_with(".m3u8")) {
    url.protocol = Protocol::kHls;
  } else {
    return false;
  }
  error.clear();
  return true;
}

std::string ExpandIndex(std::string_view text, int index) {
  constexpr std::string_view kMark = "{i}";
  std::string out;
  for (size_t at = 0;;) {
    size_t mark = text.find(kMark, at);
    out += text.substr(at, mark == text.npos ? text.npos : mark - at);
    if (mark == text.npos) return out;
    out += std::to_string(index);
    at = mark + kMark.size();
  }
}

bool Resolve(const std::string& host, uint16_t port, SocketAddress& address, std::string& error) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int problem = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (problem != 0) {
    error = "cannot resolve " + host + ": " + gai_strerror(problem);
    return false;
  }
  char numeric[INET6_ADDRSTRLEN] = "";
  getnameinfo(found->ai_addr, found->ai_addrlen, numeric, sizeof numeric, nullptr, 0, NI_NUMERICHOST);
  freeaddrinfo(found);
  address = {numeric, port};
  return true;
}

}  // namespace weir::load
