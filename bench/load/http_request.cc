#include "bench/load/http_request.h"

#include <string>

namespace weir::load {

void AppendGet(Buffer& out, std::string_view authority, std::string_view target, std::string_view more) {
  for (std::string_view part :
       {std::string_view("GET "), target, std::string_view(" HTTP/1.1\r\nHost: "), authority,
        std::string_view("\r\nUser-Agent: weir-load\r\nAccept: */*\r\n"), more, std::string_view("\r\n")}) {
    Append(out, part);
  }
}

void AppendUpgrade(Buffer& out, std::string_view authority, std::string_view target, std::string_view key) {
  std::string more = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
  AppendGet(out, authority, target, more.append(key).append("\r\n"));
}

}  // namespace weir::load
