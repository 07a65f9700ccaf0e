// PendingRequest: a request for an object that waits, for a verdict or for what is to come, with copies of what its
// answer depends on. Lifetime: its connection's; its place among the waiters goes with it. Thread rule: its shard's
// thread.
#ifndef WEIR_LIVE_PENDING_REQUEST_H_
#define WEIR_LIVE_PENDING_REQUEST_H_

#include <string>

#include "live/object_store.h"
#include "live/waiter.h"
#include "proto/http/request.h"

namespace weir {

class PendingRequest {
 public:
  PendingRequest(const http::RequestFields& request, ObjectStore& store, Shard& shard, uint64_t connection);
  ~PendingRequest() { store_.Cancel(waiter_); }
  PendingRequest(const PendingRequest&) = delete;
  PendingRequest& operator=(const PendingRequest&) = delete;

  const http::RequestFields& fields() const { return fields_; }
  Waiter& waiter() { return waiter_; }

 private:
  ObjectStore& store_;
  std::string text_;  // what the fields are views of
  http::RequestFields fields_;
  Waiter waiter_;
};

}  // namespace weir

#endif  // WEIR_LIVE_PENDING_REQUEST_H_
