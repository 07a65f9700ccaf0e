// HttpViewer: the half of an HTTP connection that watches a live stream, over plain HTTP or WebSocket: it asks, follows
// the log with the join, skip and flush rules of RTMP players, and reads a WebSocket client's frames. Lifetime: as its
// connection. Thread rule: its shard's thread.
#ifndef WEIR_LIVE_HTTP_VIEWER_H_
#define WEIR_LIVE_HTTP_VIEWER_H_

#include <memory>

#include "live/event.h"
#include "live/format_log.h"
#include "live/subscriber.h"
#include "proto/http/request.h"
#include "proto/http/response.h"
#include "proto/ws/frame_reader.h"

namespace weir {

class HttpViewer : public Subscriber {
 public:
  ~HttpViewer() override;

  bool Decide(const Decision& decision) override;
  void SayGoodbye(Reason reason) override;
  void Wake() override;
  bool announced() const override { return announced_; }
  const StreamKey* key() const override;

 protected:
  HttpViewer(Shard& shard, UniqueFd fd, uint64_t id);

  // It asked for a stream: what it sends from now on is for ReadFromViewer.
  bool watches() const { return watch_ != nullptr; }
  // Asks TypeScript whether it may. `upgrade`: the 101 response, empty over plain HTTP.
  void Ask(const http::Request& request, Format format, Buffer upgrade);
  void ReadFromViewer(ByteView bytes);

  // A question to TypeScript about a request; false: it can't be asked now.
  Event QuestionOf(const http::RequestFields& request, const char* protocol) const;
  bool PushQuestion(Event event);
  // The begin of an answer, which is counted.
  http::ResponseHead Head(int status);
  virtual void Fail(int status, Reason reason, std::string_view detail, bool head_only) = 0;

  void OnClosing(Reason reason) override;
  void WritePrelude(const Entry& entry) override;
  int64_t EndsAt(const Entry& first) override;
  void OnEnd() override {}

 private:
  struct Asked;
  struct Socket;
  struct Watch;

  void StartPlay(const PlayGrant& grant);
  void BeginStream();
  void ReadFrames(ByteView bytes);
  void EndStream(Reason reason);
  void LeaveStream(Reason reason);
  void Tell(Event::Type type, Reason reason);

  std::unique_ptr<Watch> watch_;
  bool announced_ = false;
};

}  // namespace weir

#endif  // WEIR_LIVE_HTTP_VIEWER_H_
