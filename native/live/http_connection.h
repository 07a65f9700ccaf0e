// HttpConnection: a connection that speaks HTTP: requests in, one answer at a time. What the object store has is sent
// here; a request may wait for what is to come. One that asks for a live stream stays a viewer of it to its end.
// Lifetime: owned by its shard. Thread rule: its shard's thread.
#ifndef WEIR_LIVE_HTTP_CONNECTION_H_
#define WEIR_LIVE_HTTP_CONNECTION_H_

#include <memory>

#include "live/http_viewer.h"
#include "live/object_store.h"
#include "live/pending_request.h"
#include "live/transfer.h"
#include "proto/http/request_reader.h"

namespace weir {

class HttpConnection final : public HttpViewer {
 public:
  HttpConnection(Shard& shard, UniqueFd fd, uint64_t id);

  void SayGoodbye(Reason reason) override;
  void Wake() override;
  // They come and go with every page; what they wanted is counted.
  bool IsNoNews(Reason reason) const override { return IsOrdinary(reason); }

 private:
  void OnBytes(ByteView bytes) override;
  void OnClosing(Reason reason) override;
  void OnDeadline(Reason reason) override;
  void WriteOutput() override;
  void Fail(int status, Reason reason, std::string_view detail, bool head_only) override;

  // Nothing is on its way out, nothing is waited for.
  bool IsFree() const {
    return !closed() && !draining() && !watches() && !pending_ && !transfer_.active() && outbox_empty();
  }
  void ReadRequests(ByteView bytes);
  void KeepAhead(ByteView bytes);
  void Answer(const http::Request& request);
  // False: there is no such object.
  bool AnswerWithObject(const http::RequestFields& request);
  // What becomes of the request that waits.
  void Look();
  ObjectStore::Found Find(const http::RequestFields& request, Waiter* waiter);
  void AskForViewer(const http::RequestFields& request, const ObjectStore::Found& found);
  void AnswerWith(const http::RequestFields& request, const ObjectStore::Found& found);
  // The connection lives on, if it may.
  void Refuse(const http::RequestFields& request, int status, Reason reason, std::string_view content_range = {});
  void Send(ByteView head);
  bool SendOn();
  bool Moved(const IoResult& result);
  void FinishAnswer();
  void Resume();

  http::RequestReader reader_;
  Transfer transfer_;
  std::unique_ptr<PendingRequest> pending_;
  std::unique_ptr<Buffer> ahead_;   // what came behind the request that is being answered
  uint32_t progress_ = 0;           // bytes since the time limit began
  Reason closing_ = Reason::kNone;  // why the connection ends with this answer; kNone: it does not
  bool in_head_ = false;            // of a request that is not complete
};

}  // namespace weir

#endif  // WEIR_LIVE_HTTP_CONNECTION_H_
