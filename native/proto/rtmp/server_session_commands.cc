// The commands that a client may send, and what each does.
#include <algorithm>
#include <bit>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/rtmp/server_session_internal.h"

namespace weir::rtmp {
namespace {

// A command carries a name, a handful of arguments and, in a connect, one object of some twenty members.
constexpr amf0::Limits kCommandLimits = {.depth = 16, .values = 1024};
constexpr size_t kMaxFourCcList = 1024;  // bytes of it that are echoed

// Arguments may be missing, null or of another type: clients differ (LAL#280, GStreamer, SRS#186).
amf0::Value NextArgument(amf0::Reader& arguments, Reason& reason) {
  amf0::Value value;
  if (reason == Reason::kNone && !arguments.empty()) reason = arguments.Read(value);
  return value;
}

// The command object, which only connect fills.
Reason SkipCommandObject(amf0::Reader& arguments) { return arguments.empty() ? Reason::kNone : arguments.Skip(); }

// ffmpeg cannot add members to the command object, only arguments behind it (-rtmp_conn).
std::string_view RelayPathOf(const amf0::Value& object, std::span<const amf0::Value> more) {
  const std::string_view path = object.TextOf(kRelayPathField);
  if (!path.empty()) return path;
  for (const amf0::Value& value : more) {
    if (value.has_members()) return value.TextOf(kRelayPathField);
  }
  return {};
}

// Play's reset and the flags of pause and receiveAudio come as boolean or number.
bool IsTruthy(const amf0::Value& value, bool fallback) {
  const bool is_told = value.type == amf0::Type::kBoolean || value.is_number();
  return is_told ? value.number != 0 : fallback;
}

bool AnnouncesCodecs(const amf0::Value& object) {
  constexpr std::string_view kKeys[] = {"fourCcList", "capsEx", "videoFourCcInfoMap", "audioFourCcInfoMap"};
  return std::any_of(std::begin(kKeys), std::end(kKeys),
                     [&](std::string_view key) { return object.Find(key) != nullptr; });
}

bool FitsName(std::string_view text) { return text.size() <= kMaxName; }

}  // namespace

Reason ServerSession::OnCommandMessage(const Message& message, Buffer& out, ServerSessionSink& sink) {
  static constexpr Command kCommands[] = {
      {"connect", &ServerSession::OnConnect},
      {"createStream", &ServerSession::OnCreateStream},
      {"publish", &ServerSession::OnPublish},
      {"play", &ServerSession::OnPlay},
      {"deleteStream", &ServerSession::OnDeleteStream},
      {"closeStream", &ServerSession::OnCloseStream},
      {"pause", &ServerSession::OnPause},
      {"pauseRaw", &ServerSession::OnPause},
      {"seek", &ServerSession::OnSeek},
      {"receiveAudio", &ServerSession::OnReceiveAudio},
      {"receiveVideo", &ServerSession::OnReceiveVideo},
      {"FCPublish", &ServerSession::OnFcPublish},
      {"FCUnpublish", &ServerSession::OnFcUnpublish},
      {"FCSubscribe", &ServerSession::OnFcSubscribe},
      {"getStreamLength", &ServerSession::OnGetStreamLength},
      {"_checkbw", &ServerSession::OnPlainCall},
  };

  // Type 17 begins with a format byte. Its values are AMF0 nevertheless, AMF3 ones behind a marker 0x11 each.
  ByteView payload = message.payload;
  if (message.type == kTypeCommandAmf3 && !payload.empty() && payload[0] == 0) payload = payload.subspan(1);
  amf0::Reader arguments(payload, kCommandLimits);
  std::string_view name;
  if (const Reason reason = arguments.ReadString(name); reason != Reason::kNone) return reason;
  Reason reason = Reason::kNone;
  const amf0::Value transaction = NextArgument(arguments, reason);
  if (reason != Reason::kNone) return reason;

  Call call{message, transaction.number, arguments, out, sink};
  const auto* command =
      std::find_if(std::begin(kCommands), std::end(kCommands), [&](const Command& row) { return row.name == name; });
  if (!is_connected_ && name != "connect") return Reason::kCommandOutOfOrder;
  if (command != std::end(kCommands)) return (this->*command->handler)(call);
  // Answers to what we sent (onBWDone, a ping) and notifications want no answer; an unknown call gets an empty one.
  if (name.starts_with('_') || name.starts_with("on") || name == "pong") return Reason::kNone;
  return OnPlainCall(call);
}

Reason ServerSession::OnConnect(Call& call) {
  if (is_connected_) return Reason::kCommandOutOfOrder;
  Reason reason = Reason::kNone;
  const amf0::Value object = NextArgument(call.arguments, reason);
  std::vector<amf0::Value> more;
  while (reason == Reason::kNone && !call.arguments.empty()) more.push_back(NextArgument(call.arguments, reason));
  if (reason != Reason::kNone) return reason;
  if (!object.has_members()) return Reason::kCommandMalformed;

  const ConnectRequest request = {.tc_url = object.TextOf("tcUrl"),
                                  .app = object.TextOf("app"),
                                  .swf_url = object.TextOf("swfUrl"),
                                  .page_url = object.TextOf("pageUrl"),
                                  .flash_version = object.TextOf("flashVer"),
                                  .relay_path = RelayPathOf(object, more),
                                  .object_encoding = object.NumberOf("objectEncoding"),
                                  .caps_ex = object.NumberOf("capsEx"),
                                  .arguments = more};
  for (const std::string_view text :
       {request.tc_url, request.app, request.swf_url, request.page_url, request.flash_version, request.relay_path}) {
    if (!FitsName(text)) return Reason::kNameInvalid;
  }

  auto pending = std::make_unique<Pending>();
  pending->transaction = call.transaction;
  pending->object_encoding = request.object_encoding;
  pending->announces_codecs = AnnouncesCodecs(object);
  if (const amf0::Value* list = object.Find("fourCcList"); list != nullptr) {
    amf0::AppendValue(pending->fourcc_list, *list);
    if (pending->fourcc_list.size() > kMaxFourCcList) return Reason::kAmfTooLarge;
  }
  constexpr unsigned kReconnectBit = 1;  // Enhanced RTMP v2, capsEx
  can_reconnect_ =
      request.caps_ex > 0 && request.caps_ex < 256 && (static_cast<unsigned>(request.caps_ex) & kReconnectBit) != 0;
  KeepStrings(request);
  Wait(std::move(pending));
  call.sink.OnConnect(request);
  return Reason::kNone;
}

Reason ServerSession::OnCreateStream(Call& call) {
  const int index = std::countr_one(open_streams_);
  if (index >= kMaxStreams) {
    AppendError(call.out, call.transaction,
                {.level = "error", .code = "NetConnection.Call.Failed", .description = "Too many streams."},
                chunk_size_);
    return Reason::kNone;
  }
  open_streams_ = static_cast<uint16_t>(open_streams_ | (1u << index));
  // From 1 on: 0 is an error for GStreamer, which also obeys a StreamEOF for 1 only.
  AppendNumberResult(call.out, call.transaction, index + 1, chunk_size_);
  return Reason::kNone;
}

Reason ServerSession::OnDeleteStream(Call& call) {
  Reason reason = SkipCommandObject(call.arguments);
  const amf0::Value id = NextArgument(call.arguments, reason);
  if (reason != Reason::kNone) return reason;
  // GStreamer sends the stream's name instead of its number: it means the one that it has.
  const double number = id.is_number() ? id.number : role_stream_;
  if (number == role_stream_) EndByPeer(StreamEnd::kDeleted, call);
  if (number >= 1 && number <= kMaxStreams) {
    open_streams_ = static_cast<uint16_t>(open_streams_ & ~(1u << (static_cast<int>(number) - 1)));
  }
  return Reason::kNone;
}

Reason ServerSession::OnCloseStream(Call& call) {
  if (call.message.stream_id == role_stream_ || call.message.stream_id == 0) EndByPeer(StreamEnd::kClosed, call);
  return Reason::kNone;
}

Reason ServerSession::OnPublish(Call& call) {
  Reason reason = SkipCommandObject(call.arguments);
  const amf0::Value name = NextArgument(call.arguments, reason);
  const amf0::Value type = NextArgument(call.arguments, reason);
  if (reason != Reason::kNone) return reason;
  // Wirecast sends a second publish without a name right before it unpublishes.
  if (role_ == Role::kPublisher && name.text.empty()) return Reason::kNone;
  if (!FitsName(name.text)) return Reason::kNameInvalid;
  if (!FreeRole(call)) {
    AppendStatus(call.out, call.message.stream_id,
                 {.level = "error",
                  .code = "NetStream.Publish.BadName",
                  .description = "This connection publishes or plays already.",
                  .details = name.text},
                 chunk_size_);
    return Reason::kNone;
  }

  auto pending = std::make_unique<Pending>();
  pending->role = Role::kPublisher;
  pending->stream_id = call.message.stream_id;
  pending->name = name.text;
  Wait(std::move(pending));
  call.sink.OnPublish({.stream_id = call.message.stream_id, .name = name.text, .type = type.text});
  return Reason::kNone;
}

Reason ServerSession::OnPlay(Call& call) {
  Reason reason = SkipCommandObject(call.arguments);
  const amf0::Value name = NextArgument(call.arguments, reason);
  const amf0::Value start = NextArgument(call.arguments, reason);
  const amf0::Value duration = NextArgument(call.arguments, reason);
  const amf0::Value reset = NextArgument(call.arguments, reason);
  if (reason != Reason::kNone) return reason;
  if (!name.is_string()) return Reason::kCommandMalformed;
  if (!FitsName(name.text)) return Reason::kNameInvalid;
  if (!FreeRole(call)) {
    AppendStatus(call.out, call.message.stream_id,
                 {.level = "error",
                  .code = "NetStream.Play.Failed",
                  .description = "This connection publishes or plays already.",
                  .details = name.text},
                 chunk_size_);
    return Reason::kNone;
  }

  PlayRequest request = {.stream_id = call.message.stream_id, .name = name.text};
  if (start.is_number()) request.start = start.number;
  if (duration.is_number()) request.duration_ms = duration.number;
  request.reset = IsTruthy(reset, true);

  auto pending = std::make_unique<Pending>();
  pending->role = Role::kPlayer;
  pending->stream_id = request.stream_id;
  pending->name = name.text;
  Wait(std::move(pending));
  call.sink.OnPlay(request);
  return Reason::kNone;
}

Reason ServerSession::OnPause(Call& call) {
  Reason reason = SkipCommandObject(call.arguments);
  const bool is_paused = IsTruthy(NextArgument(call.arguments, reason), true);
  if (reason != Reason::kNone || role_ != Role::kPlayer) return reason;
  if (is_paused) {
    ReportStatus({.code = "NetStream.Pause.Notify", .description = "Paused stream."}, call.out);
    AppendUserControl(call.out, kEventStreamEof, role_stream_, chunk_size_);
  } else {
    ReportStatus({.code = "NetStream.Unpause.Notify", .description = "Unpaused stream."}, call.out);
    AppendUserControl(call.out, kEventStreamBegin, role_stream_, chunk_size_);
  }
  call.sink.OnPause(is_paused);
  return Reason::kNone;
}

Reason ServerSession::OnSeek(Call& call) {
  if (role_ != Role::kPlayer) return Reason::kNone;
  ReportStatus({.level = "error", .code = "NetStream.Seek.Failed", .description = "A live stream cannot seek."},
               call.out);
  return Reason::kNone;
}

Reason ServerSession::OnReceiveAudio(Call& call) {
  Reason reason = SkipCommandObject(call.arguments);
  const bool wanted = IsTruthy(NextArgument(call.arguments, reason), true);
  if (reason == Reason::kNone && role_ == Role::kPlayer) call.sink.OnReceiveAudio(wanted);
  return reason;
}

Reason ServerSession::OnReceiveVideo(Call& call) {
  Reason reason = SkipCommandObject(call.arguments);
  const bool wanted = IsTruthy(NextArgument(call.arguments, reason), true);
  if (reason == Reason::kNone && role_ == Role::kPlayer) call.sink.OnReceiveVideo(wanted);
  return reason;
}

// Takes the connection's one role for a new request: a role on the same message stream ends, one on another stays
// (false).
bool ServerSession::FreeRole(Call& call) {
  if (role_ == Role::kNone) return true;
  if (call.message.stream_id != role_stream_) return false;
  EndByPeer(StreamEnd::kReplaced, call);
  return true;
}

void ServerSession::EndByPeer(StreamEnd cause, Call& call) {
  if (role_ == Role::kNone) return;
  if (role_ == Role::kPublisher) {
    // HaishinKit's close waits for it.
    ReportStatus({.code = "NetStream.Unpublish.Success", .description = "Stream is now unpublished."}, call.out);
  }
  role_ = Role::kNone;
  role_stream_ = 0;
  call.sink.OnStreamEnd(cause);
}

}  // namespace weir::rtmp
