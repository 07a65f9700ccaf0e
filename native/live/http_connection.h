// HttpConnection: a connection that speaks HTTP: requests in, an answer for each. One that asks for a live stream stays
// a viewer of it to its end. Lifetime: owned by its shard. Thread rule: its shard's thread.
#ifndef WEIR_LIVE_HTTP_CONNECTION_H_
#define WEIR_LIVE_HTTP_CONNECTION_H_

#include "live/http_viewer.h"
#include "proto/http/request_reader.h"

namespace weir {

class HttpConnection final : public HttpViewer {
 public:
  HttpConnection(Shard& shard, UniqueFd fd, uint64_t id);

 private:
  void OnBytes(ByteView bytes) override;
  void Fail(int status, Reason reason, std::string_view detail, bool head_only) override;

  void ReadRequests(ByteView bytes);
  void Answer(const http::Request& request);

  http::RequestReader reader_;
};

}  // namespace weir

#endif  // WEIR_LIVE_HTTP_CONNECTION_H_
