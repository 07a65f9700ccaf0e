// HttpClient: receives a stream that is one endless response: FLV or a transport stream over HTTP, FLV over WebSocket.
// Lifetime, thread rule: as StreamClient.
#ifndef WEIR_BENCH_LOAD_HTTP_CLIENT_H_
#define WEIR_BENCH_LOAD_HTTP_CLIENT_H_

#include <memory>

#include "bench/load/body_reader.h"
#include "bench/load/http_response.h"
#include "bench/load/stream_client.h"
#include "bench/load/url.h"

namespace weir::load {

class HttpClient : public StreamClient {
 public:
  // Begins with the request at once; Flush sends it when the socket is connected.
  HttpClient(UniqueFd fd, const Url& url, Listener& listener);

  bool Receive(std::span<uint8_t> scratch) override;
  // A WebSocket's pings are not answered any more.
  bool Discard() override;

 private:
  struct Parsers {
    ResponseReader response;
    std::unique_ptr<BodyReader> body;
    std::string accept;  // what a WebSocket server must answer to the key; empty without one
    bool is_started = false;
  };

  bool Feed(ByteView in);
  bool Start();

  std::unique_ptr<Parsers> parsers_;  // until Discard
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_HTTP_CLIENT_H_
