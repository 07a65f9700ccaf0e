// What a server session reports: requests that somebody has to decide, media, and changes of what the peer wants.
// Lifetime: every view in an argument is valid during the call only. Thread rule: called from within
// ServerSession::Input.
#ifndef WEIR_PROTO_RTMP_SERVER_SESSION_SINK_H_
#define WEIR_PROTO_RTMP_SERVER_SESSION_SINK_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "media/amf0.h"
#include "proto/rtmp/message.h"

namespace weir::rtmp {

// All strings raw, as the client sent them, each at most kMaxName bytes. Vhost, app and stream are resolved from them
// elsewhere.
struct ConnectRequest {
  std::string_view tc_url;  // may be empty: OSEE GoStream sends none
  std::string_view app;
  std::string_view swf_url;
  std::string_view page_url;
  std::string_view flash_version;
  std::string_view relay_path;  // of a server of ours that forwards
  double object_encoding = 0;
  double caps_ex = 0;                      // Enhanced RTMP; bit 0: understands a reconnect request
  std::span<const amf0::Value> arguments;  // what follows the command object
};

struct PublishRequest {
  uint32_t stream_id = 0;
  std::string_view name;  // with its query; may be empty
  std::string_view type;  // "live", "record", "append" or nothing
};

struct PlayRequest {
  uint32_t stream_id = 0;
  std::string_view name;
  double start = -2000;     // ms; -2000 live or recorded, -1000 live only
  double duration_ms = -1;  // > 0: end after so much media
  bool reset = true;
};

enum class StreamEnd : uint8_t {
  kUnpublished,  // FCUnpublish
  kDeleted,      // deleteStream
  kClosed,       // closeStream; Flash players "pause" so and play again
  kReplaced,     // publish or play again on the same message stream; that request follows
};

class ServerSessionSink {
 public:
  virtual ~ServerSessionSink() = default;

  // The session is waiting() from here until Accept... or Reject... is called, which may happen inside the call.
  virtual void OnConnect(const ConnectRequest& request) = 0;
  virtual void OnPublish(const PublishRequest& request) = 0;
  virtual void OnPlay(const PlayRequest& request) = 0;

  // Audio, video or data of the accepted publisher; data is always type 18 with an AMF0 payload; aggregates come
  // unpacked.
  virtual void OnMedia(const Message& message) = 0;

  // The accepted publisher or player has ended by the peer's own command; the connection stays and may publish or play
  // again.
  virtual void OnStreamEnd(StreamEnd cause) = 0;

  // Of the accepted player.
  virtual void OnPause(bool is_paused) = 0;
  virtual void OnReceiveAudio(bool wanted) = 0;
  virtual void OnReceiveVideo(bool wanted) = 0;
};

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_SERVER_SESSION_SINK_H_
