// Publishing: what a connection has while it feeds a stream: its grant, the claim on the stream, and when media came
// last. Whoever connected to us and whatever we fetch goes this one way. Lifetime: its connection's role. Thread rule:
// the thread of the stream's home, once it is claimed.
#ifndef WEIR_LIVE_PUBLISHING_H_
#define WEIR_LIVE_PUBLISHING_H_

#include <utility>

#include "base/clock.h"
#include "base/reason.h"
#include "live/grant.h"
#include "proto/rtmp/message.h"

namespace weir {

class Connection;
class Engine;
class Stream;

class Publishing {
 public:
  explicit Publishing(PublishGrant grant) : grant_(std::move(grant)) {}

  const PublishGrant& grant() const { return grant_; }
  void set_grant(const PublishGrant& grant) { grant_ = grant; }

  // kNone: `self` has the stream, and who had it was told goodbye where the grant says so. Else why not.
  [[nodiscard]] Reason Claim(Connection& self, Engine& engine, Stream& stream, Millis now);
  void Write(Stream& stream, const rtmp::Message& message, Millis now);
  // The time-out that is over, or kNone.
  Reason Overdue(Millis now) const;

 private:
  PublishGrant grant_;
  Millis media_at_ = 0;
  bool has_begun_ = false;  // some media came
};

}  // namespace weir

#endif  // WEIR_LIVE_PUBLISHING_H_
