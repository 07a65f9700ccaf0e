#include "live/publishing.h"

#include "live/connection.h"
#include "live/engine.h"
#include "live/stream.h"

namespace weir {

Reason Publishing::Claim(Connection& self, Engine& engine, Stream& stream, Millis now) {
  if (engine.budget().exceeded()) return Reason::kMemoryLimit;
  Connection* other = stream.publisher();
  if (other != nullptr && !grant_.takeover) return Reason::kStreamBusy;
  if (other != nullptr) other->SayGoodbye(Reason::kTakenOver);
  media_at_ = now;
  stream.BeginPublish(self, self.PeerIp(), grant_, now);
  return Reason::kNone;
}

void Publishing::Write(Stream& stream, const rtmp::Message& message, Millis now) {
  media_at_ = now;
  has_begun_ = true;
  stream.Write(message, now);
}

Reason Publishing::Overdue(Millis now) const {
  if (now - media_at_ < (has_begun_ ? grant_.normal_timeout : grant_.first_packet_timeout)) return Reason::kNone;
  return has_begun_ ? Reason::kPublishIdleTimeout : Reason::kPublishFirstTimeout;
}

}  // namespace weir
