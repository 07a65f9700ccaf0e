// HttpConnection: a viewer over HTTP or WebSocket. Live streams are cursors on the flv logs with the join, skip and
// flush rules of RTMP players; what is asked for is decided by TypeScript. Lifetime: owned by its shard. Thread rule:
// its shard's thread.
#ifndef WEIR_LIVE_HTTP_CONNECTION_H_
#define WEIR_LIVE_HTTP_CONNECTION_H_

#include <memory>

#include "live/event.h"
#include "live/format_log.h"
#include "live/subscriber.h"
#include "proto/http/request_reader.h"
#include "proto/http/response.h"
#include "proto/ws/frame_reader.h"

namespace weir {

class HttpConnection final : public Subscriber {
 public:
  HttpConnection(Shard& shard, UniqueFd fd, uint64_t id);
  ~HttpConnection() override;

  bool Decide(const Decision& decision) override;
  void SayGoodbye(Reason reason) override;
  bool announced() const override { return announced_; }
  void FormatOpened() override;

 private:
  // What only a request that waits for its decision has.
  struct Asked;

  void OnBytes(ByteView bytes) override;
  void OnClosing(Reason reason) override;
  void WritePrelude(const Entry& entry) override;
  int64_t EndsAt(const Entry& first) override;
  void OnEnd() override {}

  void ReadRequests(ByteView bytes);
  void Answer(const http::Request& request);
  void Ask(const http::Request& request, Format format);
  void ReadFrames(ByteView bytes);
  void EndStream(Reason reason);
  void StartPlay(const PlayGrant& grant);
  void BeginStream();
  void Fail(int status, Reason reason, std::string_view detail);
  void LeaveStream(Reason reason);
  void Tell(Event::Type type, Reason reason);
  http::ResponseHead Head(int status);

  http::RequestReader reader_;
  std::unique_ptr<Asked> asked_;
  std::unique_ptr<ws::FrameReader> frames_;  // over WebSocket only
  Stream* stream_ = nullptr;                 // of which it is a counted user
  uint32_t metadata_version_ = 0;
  Format format_ = Format::kFlv;
  bool announced_ = false;
  bool streams_ = false;    // the response's head is written, tags follow
  bool has_start_ = false;  // the FLV header too
};

}  // namespace weir

#endif  // WEIR_LIVE_HTTP_CONNECTION_H_
