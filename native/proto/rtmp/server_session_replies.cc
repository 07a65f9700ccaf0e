// Decisions about requests, and what the server tells of its own accord.
#include <algorithm>

#include "proto/rtmp/server_session_internal.h"

namespace weir::rtmp {
namespace {

constexpr uint32_t kWindow = 2'500'000;
constexpr double kCapabilities = 31;
// Enhanced RTMP v2, "capsEx": multitrack, ModEx and its timestamp offset pass through us.
constexpr double kCapsEx = 2 + 4 + 8;
constexpr double kCanForward = 4;

// {"*": 4}: any codec, forwarded.
void AppendAnyCodec(Buffer& body, std::string_view key) {
  amf0::AppendKey(body, key);
  amf0::BeginObject(body);
  amf0::AppendField(body, "*", kCanForward);
  amf0::EndObject(body);
}

}  // namespace

void ServerSession::AcceptConnect(const ServerIdentity& identity, uint32_t chunk_size, Buffer& out) {
  const Pending pending = Decide();
  is_connected_ = true;
  AppendWindowAckSize(out, kWindow, chunk_size_);
  AppendSetPeerBandwidth(out, kWindow, LimitType::kDynamic, chunk_size_);
  // Before the result: ffmpeg takes the size over for what it sends.
  AppendSetChunkSize(out, chunk_size, chunk_size_);
  chunk_size_ = chunk_size;

  // Two objects exactly (yasea), and no array that the client did not send itself (Amcrest cameras leave).
  Buffer body;
  amf0::AppendString(body, "_result");
  amf0::AppendNumber(body, pending.transaction);
  amf0::BeginObject(body);
  amf0::AppendField(body, "fmsVer", identity.fms_version);
  amf0::AppendField(body, "capabilities", kCapabilities);
  amf0::AppendField(body, "mode", 1);
  amf0::EndObject(body);
  amf0::BeginObject(body);
  amf0::AppendField(body, "level", "status");
  amf0::AppendField(body, "code", "NetConnection.Connect.Success");
  amf0::AppendField(body, "description", "Connection succeeded.");
  amf0::AppendField(body, "objectEncoding", pending.object_encoding);
  amf0::AppendField(body, "server", identity.server);
  if (!pending.fourcc_list.empty()) {
    amf0::AppendKey(body, "fourCcList");
    Append(body, ByteView(pending.fourcc_list));
  }
  if (pending.announces_codecs) {
    amf0::AppendField(body, "capsEx", kCapsEx);
    AppendAnyCodec(body, "videoFourCcInfoMap");
    AppendAnyCodec(body, "audioFourCcInfoMap");
  }
  amf0::EndObject(body);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size_);

  // Transaction 0: HaishinKit matches others against its pending calls.
  body.clear();
  amf0::AppendString(body, "onBWDone");
  amf0::AppendNumber(body, 0);
  amf0::AppendNull(body);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size_);
}

void ServerSession::RejectConnect(std::string_view code, std::string_view description, Buffer& out) {
  const Pending pending = Decide();
  strings_.reset();
  std::fill(std::begin(string_sizes_), std::end(string_sizes_), uint16_t{0});
  AppendError(out, pending.transaction, {.level = "error", .code = code, .description = description}, chunk_size_);
}

void ServerSession::AcceptPublish(Buffer& out) {
  const Pending pending = Decide();
  role_ = Role::kPublisher;
  role_stream_ = pending.stream_id;
  ReportStatus(
      {.code = "NetStream.Publish.Start", .description = "Started publishing stream.", .details = pending.name}, out);
}

void ServerSession::RejectPublish(std::string_view code, std::string_view description, Buffer& out) {
  RejectRole(code, description, out);
}

void ServerSession::AcceptPlay(Buffer& out) {
  const Pending pending = Decide();
  role_ = Role::kPlayer;
  role_stream_ = pending.stream_id;
  AppendUserControl(out, kEventStreamBegin, role_stream_, chunk_size_);
  ReportStatus(
      {.code = "NetStream.Play.Reset", .description = "Playing and resetting stream.", .details = pending.name}, out);
  ReportStatus({.code = "NetStream.Play.Start", .description = "Started playing stream.", .details = pending.name},
               out);
  // No NetStream.Data.Start: ffmpeg makes an empty data stream of it.
  AppendSampleAccess(out, kCsidStatus, role_stream_, 0, chunk_size_);
}

void ServerSession::RejectPlay(std::string_view code, std::string_view description, Buffer& out) {
  RejectRole(code, description, out);
}

void ServerSession::RejectRole(std::string_view code, std::string_view description, Buffer& out) {
  const Pending pending = Decide();
  AppendStatus(out, pending.stream_id,
               {.level = "error", .code = code, .description = description, .details = pending.name}, chunk_size_);
}

void ServerSession::ReportStatus(const Status& status, Buffer& out) const {
  AppendStatus(out, role_stream_, status, chunk_size_);
}

void ServerSession::NotifyPublish(Buffer& out) const {
  ReportStatus({.code = "NetStream.Play.PublishNotify", .description = "Stream is now published."}, out);
}

void ServerSession::NotifyUnpublish(Buffer& out) const {
  ReportStatus({.code = "NetStream.Play.UnpublishNotify", .description = "Stream is now unpublished."}, out);
}

void ServerSession::ReportPublishIdle(Buffer& out) const {
  ReportStatus({.code = "NetStream.Publish.Idle", .description = "No media came for too long."}, out);
}

void ServerSession::EndRole(Buffer& out) {
  if (role_ == Role::kPublisher) {
    ReportStatus({.code = "NetStream.Unpublish.Success", .description = "Stream is now unpublished."}, out);
  } else if (role_ == Role::kPlayer) {
    ReportStatus({.code = "NetStream.Play.Stop", .description = "Stopped playing stream."}, out);
    AppendUserControl(out, kEventStreamEof, role_stream_, chunk_size_);
  }
  role_ = Role::kNone;
  role_stream_ = 0;
}

void ServerSession::RequestReconnect(Buffer& out) {
  can_reconnect_ = false;
  AppendStatus(out, 0,
               {.code = "NetConnection.Connect.ReconnectRequest", .description = "The server is about to stop."},
               chunk_size_);
}

void ServerSession::Shutdown(Buffer& out) {
  if (role_ == Role::kPlayer) NotifyUnpublish(out);
  EndRole(out);
  if (!is_connected_) return;
  AppendStatus(
      out, 0,
      {.level = "error", .code = "NetConnection.Connect.AppShutdown", .description = "The server is shutting down."},
      chunk_size_);
}

}  // namespace weir::rtmp
