// The commands around publish and play that the FMLE family (OBS, ffmpeg, librtmp) sends beside the real ones.
#include "proto/rtmp/server_session_internal.h"

namespace weir::rtmp {
namespace {

// name(transaction, null, {code, description}) on the connection's own stream: HaishinKit takes any command on the
// message stream for its onStatus.
void AppendNotice(Buffer& out, std::string_view name, double transaction, const Status& status, uint32_t chunk_size) {
  Buffer body;
  amf0::AppendString(body, name);
  amf0::AppendNumber(body, transaction);
  amf0::AppendNull(body);
  amf0::BeginObject(body);
  amf0::AppendField(body, "level", status.level);
  amf0::AppendField(body, "code", status.code);
  amf0::AppendField(body, "description", status.description);
  amf0::EndObject(body);
  AppendCommand(out, kCsidCommand, 0, body, chunk_size);
}

}  // namespace

// releaseStream, _checkbw and what we do not know: an empty result if one is awaited.
Reason ServerSession::OnPlainCall(Call& call) {
  if (call.transaction != 0) AppendPlainResult(call.out, call.transaction, chunk_size_);
  return Reason::kNone;
}

// The result comes first, so that the transaction is no longer pending at a HaishinKit when the notice repeats its
// number, which Livestream Studio wants.
Reason ServerSession::OnFcPublish(Call& call) {
  OnPlainCall(call);
  AppendNotice(call.out, "onFCPublish", call.transaction,
               {.code = "NetStream.Publish.Start", .description = "Started publishing stream."}, chunk_size_);
  return Reason::kNone;
}

Reason ServerSession::OnFcUnpublish(Call& call) {
  AppendNotice(call.out, "onFCUnpublish", 0,
               {.code = "NetStream.Unpublish.Success", .description = "Stopped publishing stream."}, chunk_size_);
  OnPlainCall(call);
  if (role_ == Role::kPublisher) EndByPeer(StreamEnd::kUnpublished, call);
  return Reason::kNone;
}

Reason ServerSession::OnFcSubscribe(Call& call) {
  OnPlainCall(call);
  AppendNotice(call.out, "onFCSubscribe", 0, {.code = "NetStream.Play.Start", .description = "Started playing stream."},
               chunk_size_);
  return Reason::kNone;
}

// ffmpeg asks before it plays. A live stream has no length.
Reason ServerSession::OnGetStreamLength(Call& call) {
  if (call.transaction != 0) AppendNumberResult(call.out, call.transaction, 0, chunk_size_);
  return Reason::kNone;
}

}  // namespace weir::rtmp
