#include "proto/rtmp/client_session.h"

#include <algorithm>
#include <utility>

#include "media/amf0.h"
#include "proto/rtmp/aggregate.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/messages.h"

namespace weir::rtmp {
namespace {

constexpr uint32_t kWindow = 2'500'000;
constexpr uint32_t kCsidStream = 8;          // commands on the message stream, as ffmpeg and librtmp do
constexpr uint32_t kBufferMillis = 3000;     // what ffmpeg announces
constexpr double kLiveOrRecorded = -2000;    // play's start in ms
constexpr double kMaxStreamId = 0x7FFFFFFF;  // more is not a stream id but garbage

// Each command has its own transaction id: the answers tell themselves.
constexpr double kConnect = 1;
constexpr double kReleaseStream = 2;
constexpr double kFcPublish = 3;
constexpr double kCreateStream = 4;
constexpr double kPublishOrPlay = 5;
constexpr double kFcUnpublish = 6;
constexpr double kDeleteStream = 7;

Buffer BeginCall(std::string_view name, double transaction) {
  Buffer body;
  amf0::AppendString(body, name);
  amf0::AppendNumber(body, transaction);
  return body;
}

// A call whose command object is null and whose only argument is a text.
Buffer TextCall(std::string_view name, double transaction, std::string_view text) {
  Buffer body = BeginCall(name, transaction);
  amf0::AppendNull(body);
  amf0::AppendString(body, text);
  return body;
}

// The info object is the first one with a code among the arguments: servers differ in what stands before it.
amf0::Value FindInfo(ByteView arguments) {
  amf0::Reader reader(arguments);
  amf0::Value value;
  while (!reader.empty() && reader.Read(value) == Reason::kNone) {
    if (value.has_members() && value.Find("code") != nullptr) return value;
  }
  return {};
}

ServerStatus StatusOf(const amf0::Value& info) {
  return {.level = info.TextOf("level"), .code = info.TextOf("code"), .description = info.TextOf("description")};
}

}  // namespace

void ClientSession::Start(ClientRequest request, Buffer& out) {
  request_ = std::move(request);
  AppendSetChunkSize(out, request_.chunk_size, chunk_size_);
  chunk_size_ = request_.chunk_size;

  Buffer body = BeginCall("connect", kConnect);
  amf0::BeginObject(body);
  amf0::AppendField(body, "app", request_.app);
  if (request_.publish) amf0::AppendField(body, "type", "nonprivate");
  amf0::AppendField(body, "flashVer", request_.flash_version);
  amf0::AppendField(body, "tcUrl", request_.tc_url);
  if (!request_.relay_path.empty()) amf0::AppendField(body, kRelayPathField, request_.relay_path);
  if (!request_.publish) {
    amf0::AppendKey(body, "fpad");
    amf0::AppendBoolean(body, false);
    // What ffmpeg says of itself: all codecs of Flash Player.
    amf0::AppendField(body, "capabilities", 15);
    amf0::AppendField(body, "audioCodecs", 4071);
    amf0::AppendField(body, "videoCodecs", 252);
    amf0::AppendField(body, "videoFunction", 1);
  }
  amf0::EndObject(body);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size_);
  state_ = State::kConnecting;
}

Reason ClientSession::Input(const Message& message, Buffer& out, ClientSessionSink& sink) {
  switch (message.type) {
    case kTypeCommand:
    case kTypeCommandAmf3:
      return OnCommand(message, out, sink);
    case kTypeUserControl:
    case kTypeWindowAckSize:
      OnControl(message, out);
      return Reason::kNone;
    default:
      break;
  }
  if (!request_.publish && (state_ == State::kStarting || state_ == State::kReady)) {
    ForEachMedia(message, [&](const Message& media) { sink.OnMedia(media); });
  }
  return Reason::kNone;
}

void ClientSession::OnControl(const Message& message, Buffer& out) {
  const ByteView payload = message.payload;
  if (message.type == kTypeWindowAckSize) {
    if (payload.size() >= 4) window_ = LoadBe32(payload.data());
  } else if (payload.size() >= 6 && LoadBe16(payload.data()) == kEventPingRequest) {
    AppendUserControl(out, kEventPingResponse, LoadBe32(payload.data() + 2), chunk_size_);
  }
}

Reason ClientSession::OnCommand(const Message& message, Buffer& out, ClientSessionSink& sink) {
  ByteView payload = message.payload;
  if (message.type == kTypeCommandAmf3 && !payload.empty() && payload[0] == 0) payload = payload.subspan(1);
  amf0::Reader reader(payload);
  std::string_view name;
  double transaction = 0;
  if (const Reason reason = reader.ReadString(name); reason != Reason::kNone) return reason;
  if (!reader.empty()) {
    if (const Reason reason = reader.ReadNumber(transaction); reason != Reason::kNone) return reason;
  }

  if (name == "_result") return OnResult(transaction, reader.rest(), out);
  if (name == "_error") OnError(transaction, reader.rest(), sink);
  if (name == "onStatus") OnStatus(reader.rest(), sink);
  return Reason::kNone;
}

Reason ClientSession::OnResult(double transaction, ByteView arguments, Buffer& out) {
  if (transaction == kConnect && state_ == State::kConnecting) {
    CreateStream(out);
    return Reason::kNone;
  }
  if (transaction != kCreateStream || state_ != State::kCreatingStream) return Reason::kNone;

  amf0::Reader reader(arguments);
  double id = 0;
  if (const Reason reason = reader.Skip(); reason != Reason::kNone) return reason;
  if (const Reason reason = reader.ReadNumber(id); reason != Reason::kNone) return reason;
  if (!(id >= 0 && id <= kMaxStreamId)) return Reason::kCommandMalformed;
  stream_id_ = static_cast<uint32_t>(id);
  PublishOrPlay(out);
  return Reason::kNone;
}

void ClientSession::CreateStream(Buffer& out) {
  if (request_.publish) {
    AppendCommand(out, kCsidCommand, 0, TextCall("releaseStream", kReleaseStream, request_.stream), chunk_size_);
    AppendCommand(out, kCsidCommand, 0, TextCall("FCPublish", kFcPublish, request_.stream), chunk_size_);
  } else {
    AppendWindowAckSize(out, kWindow, chunk_size_);
  }
  Buffer body = BeginCall("createStream", kCreateStream);
  amf0::AppendNull(body);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size_);
  state_ = State::kCreatingStream;
}

void ClientSession::PublishOrPlay(Buffer& out) {
  if (request_.publish) {
    Buffer body = TextCall("publish", kPublishOrPlay, request_.stream);
    amf0::AppendString(body, "live");  // YouTube insists
    AppendCommand(out, kCsidStream, stream_id_, body, chunk_size_);
  } else {
    Buffer body = TextCall("play", kPublishOrPlay, request_.stream);
    amf0::AppendNumber(body, kLiveOrRecorded);
    AppendCommand(out, kCsidStream, stream_id_, body, chunk_size_);
    AppendSetBufferLength(out, stream_id_, kBufferMillis, chunk_size_);
  }
  state_ = State::kStarting;
}

void ClientSession::OnStatus(ByteView arguments, ClientSessionSink& sink) {
  const amf0::Value info = FindInfo(arguments);
  const ServerStatus status = StatusOf(info);
  sink.OnStatus(status);
  if (state_ == State::kReady || state_ == State::kEnded) return;

  if (status.level == "error") {
    state_ = State::kEnded;
    sink.OnRefused(status);
  } else if (state_ == State::kStarting &&
             status.code == (request_.publish ? "NetStream.Publish.Start" : "NetStream.Play.Start")) {
    state_ = State::kReady;
    sink.OnReady(stream_id_);
  }
}

// Servers that know neither releaseStream nor FCPublish say so; that is no refusal.
void ClientSession::OnError(double transaction, ByteView arguments, ClientSessionSink& sink) {
  if (transaction == kReleaseStream || transaction == kFcPublish) return;
  if (state_ == State::kReady || state_ == State::kEnded) return;
  const amf0::Value info = FindInfo(arguments);
  state_ = State::kEnded;
  sink.OnRefused(StatusOf(info));
}

void ClientSession::CountReceived(size_t bytes, Buffer& out) {
  received_ += static_cast<uint32_t>(bytes);
  if (window_ == 0 || received_ - acknowledged_ < std::max(window_ / 2, 1u)) return;
  acknowledged_ = received_;
  AppendAck(out, received_, chunk_size_);
}

void ClientSession::SendMedia(uint8_t type, uint32_t timestamp, ByteView payload, Buffer& out) const {
  const uint32_t csid = type == kTypeVideo ? kCsidLogVideo : type == kTypeAudio ? kCsidLogAudio : kCsidLogData;
  AppendMessage(out, {.type = type, .csid = csid, .stream_id = stream_id_, .timestamp = timestamp, .payload = payload},
                chunk_size_);
}

void ClientSession::Stop(Buffer& out) {
  if (state_ != State::kStarting && state_ != State::kReady) return;
  state_ = State::kEnded;
  if (request_.publish) {
    AppendCommand(out, kCsidCommand, 0, TextCall("FCUnpublish", kFcUnpublish, request_.stream), chunk_size_);
  }
  Buffer body = BeginCall("deleteStream", kDeleteStream);
  amf0::AppendNull(body);
  amf0::AppendNumber(body, stream_id_);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size_);
}

}  // namespace weir::rtmp
