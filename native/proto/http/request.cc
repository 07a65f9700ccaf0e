#include "proto/http/request.h"

namespace weir::http {

std::string_view HostName(std::string_view host) {
  if (!host.empty() && host[0] == '[') {
    const size_t end = host.find(']');
    return end == std::string_view::npos ? host : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

}  // namespace weir::http
