// The server's side of an RTMP connection after the handshake: takes one message at a time, appends replies to a
// buffer, reports requests to a sink and waits for their decision. Sans-IO. Written as raw bytes, `out` goes to the
// peer in order. Lifetime: one connection; small, because every player has one. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_RTMP_SERVER_SESSION_H_
#define WEIR_PROTO_RTMP_SERVER_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/reason.h"
#include "proto/rtmp/message.h"
#include "proto/rtmp/messages.h"
#include "proto/rtmp/server_session_sink.h"

namespace weir::rtmp {

inline constexpr size_t kMaxName = 4096;  // bytes of tcUrl, app, pageUrl and stream names each
inline constexpr int kMaxStreams = 16;    // message streams that one connection may have open

struct ServerIdentity {
  std::string_view server;                         // "weir/1.2.3"
  std::string_view fms_version = "FMS/3,5,3,888";  // old clients parse this shape
};

enum class Role : uint8_t { kNone, kPublisher, kPlayer };

class ServerSession {
 public:
  ServerSession();
  ~ServerSession();
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;

  // One message from the peer. Anything but kNone: the connection is to be closed for that reason (after `out` is
  // written). REQUIRES: !waiting().
  [[nodiscard]] Reason Input(const Message& message, Buffer& out, ServerSessionSink& sink);

  // Counts received bytes, handshake included, and acknowledges when half of the window is full. Devices stall when
  // never acknowledged, so a default window holds for peers that announce none.
  void CountReceived(size_t bytes, Buffer& out);

  // A request waits for its decision: do not feed the session.
  bool waiting() const { return state_ == State::kDeciding; }
  // The accepted role and its message stream.
  Role role() const { return role_; }
  uint32_t stream_id() const { return role_stream_; }
  bool connected() const { return is_connected_; }
  // Kept from an accepted connect.
  std::string_view tc_url() const { return Text(0); }
  std::string_view app() const { return Text(1); }
  std::string_view page_url() const { return Text(2); }
  std::string_view relay_path() const { return Text(3); }
  // The client's capsEx has the reconnect bit (Enhanced RTMP v2), and it was not asked yet.
  bool can_reconnect() const { return can_reconnect_; }

  // Decisions. REQUIRES: the matching request is waiting.
  void AcceptConnect(const ServerIdentity& identity, uint32_t chunk_size, Buffer& out);
  void RejectConnect(std::string_view code, std::string_view description, Buffer& out);
  void AcceptPublish(Buffer& out);
  void RejectPublish(std::string_view code, std::string_view description, Buffer& out);
  // StreamBegin, Play.Reset, Play.Start, |RtmpSampleAccess. The prelude of the stream comes after it, from the caller.
  void AcceptPlay(Buffer& out);
  void RejectPlay(std::string_view code, std::string_view description, Buffer& out);

  // onStatus on the message stream of the current role.
  void ReportStatus(const Status& status, Buffer& out) const;
  // Tells a player that its publisher came (back) or went. Do not send the latter to one that shall stay: ffmpeg stops.
  void NotifyPublish(Buffer& out) const;
  void NotifyUnpublish(Buffer& out) const;
  void ReportPublishIdle(Buffer& out) const;
  // Ends the current role from our side: Play.Stop and StreamEOF for a player, Unpublish.Success for a publisher. No
  // OnStreamEnd.
  void EndRole(Buffer& out);
  // Asks the client to come again by its tcUrl. It goes when it likes. REQUIRES: can_reconnect().
  void RequestReconnect(Buffer& out);
  // The server stops: tells the peer; the connection is to be closed when that is written.
  void Shutdown(Buffer& out);

  // Of what we send. The log may carry a SetChunkSize: whoever sent it calls this.
  uint32_t chunk_size() const { return chunk_size_; }
  void set_chunk_size(uint32_t size) { chunk_size_ = size; }

 private:
  enum class State : uint8_t { kReady, kDeciding };
  struct Pending;  // the request being decided
  struct Call;     // one command of the peer on its way through a handler
  struct Command;  // a row of the table of commands

  Reason OnUserControl(const Message& message, Buffer& out) const;
  Reason OnWindowAckSize(const Message& message);
  void OnMediaMessage(const Message& message, ServerSessionSink& sink) const;
  Reason OnCommandMessage(const Message& message, Buffer& out, ServerSessionSink& sink);

  Reason OnConnect(Call& call);
  Reason OnCreateStream(Call& call);
  Reason OnDeleteStream(Call& call);
  Reason OnCloseStream(Call& call);
  Reason OnPublish(Call& call);
  Reason OnPlay(Call& call);
  Reason OnPause(Call& call);
  Reason OnSeek(Call& call);
  Reason OnReceiveAudio(Call& call);
  Reason OnReceiveVideo(Call& call);
  Reason OnPlainCall(Call& call);
  Reason OnFcPublish(Call& call);
  Reason OnFcUnpublish(Call& call);
  Reason OnFcSubscribe(Call& call);
  Reason OnGetStreamLength(Call& call);

  bool FreeRole(Call& call);
  void EndByPeer(StreamEnd cause, Call& call);
  void Wait(std::unique_ptr<Pending> pending);
  Pending Decide();
  void RejectRole(std::string_view code, std::string_view description, Buffer& out);
  void KeepStrings(const ConnectRequest& request);
  std::string_view Text(int index) const;

  std::unique_ptr<Pending> pending_;  // only while a request is being decided
  std::unique_ptr<char[]> strings_;   // tcUrl, app, pageUrl and the relay path, one behind the other
  uint16_t string_sizes_[4] = {0, 0, 0, 0};
  uint16_t open_streams_ = 0;  // bit n: message stream n + 1
  uint32_t chunk_size_ = kDefaultChunkSize;
  uint32_t role_stream_ = 0;
  uint32_t window_;
  uint32_t received_ = 0;  // wraps, as the sequence number of an Acknowledgement does
  uint32_t acknowledged_ = 0;
  State state_ = State::kReady;
  Role role_ = Role::kNone;
  bool is_connected_ = false;
  bool can_reconnect_ = false;
};

}  // namespace weir::rtmp

#endif  // WEIR_PROTO_RTMP_SERVER_SESSION_H_
