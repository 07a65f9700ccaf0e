#include "live/rtmp_farewell.h"

namespace weir {

void AppendRtmpFarewell(Buffer& out, rtmp::ServerSession& session, Reason reason) {
  bool is_publisher = session.role() == rtmp::Role::kPublisher;
  switch (reason) {
    case Reason::kShutdown:
      return session.Shutdown(out);
    case Reason::kTakenOver:
      // Encoders stop at BadName instead of coming back and taking the stream over in turn.
      session.ReportStatus({.level = "error",
                            .code = "NetStream.Publish.BadName",
                            .description = "Another publisher took the stream over."},
                           out);
      break;
    case Reason::kPublishFirstTimeout:
    case Reason::kPublishIdleTimeout:
      session.ReportPublishIdle(out);
      break;
    case Reason::kKicked:
    case Reason::kVhostClosed:
      session.ReportStatus(
          {.level = "error",
           .code = is_publisher ? "NetStream.Publish.Denied" : "NetStream.Play.Failed",
           .description = reason == Reason::kKicked ? "Closed by the operator." : "The vhost is gone."},
          out);
      break;
    case Reason::kBitrateLimit:
      session.ReportStatus({.level = "error",
                            .code = "NetStream.Publish.Denied",
                            .description = "The stream's bitrate is above the limit."},
                           out);
      break;
    case Reason::kTimeLimit:
      session.ReportStatus({.level = "error",
                            .code = is_publisher ? "NetStream.Publish.Denied" : "NetStream.Play.Failed",
                            .description = "The granted time is over."},
                           out);
      break;
    default:
      break;
  }
  if (session.role() == rtmp::Role::kPlayer && reason == Reason::kRepublishTimeout) session.NotifyUnpublish(out);
  session.EndRole(out);
}

}  // namespace weir
