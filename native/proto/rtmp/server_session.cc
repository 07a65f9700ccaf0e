#include "proto/rtmp/server_session.h"

#include <algorithm>
#include <utility>

#include "proto/rtmp/aggregate.h"
#include "proto/rtmp/server_session_internal.h"

namespace weir::rtmp {
namespace {

constexpr uint32_t kDefaultWindow = 2'500'000;  // what we announce to the peer, taken for our own side too

}  // namespace

ServerSession::ServerSession() : window_(kDefaultWindow) {}
ServerSession::~ServerSession() = default;

Reason ServerSession::Input(const Message& message, Buffer& out, ServerSessionSink& sink) {
  switch (message.type) {
    case kTypeAudio:
    case kTypeVideo:
    case kTypeData:
    case kTypeDataAmf3:
    case kTypeAggregate:
      OnMediaMessage(message, sink);
      return Reason::kNone;
    case kTypeCommand:
    case kTypeCommandAmf3:
      return OnCommandMessage(message, out, sink);
    case kTypeUserControl:
      return OnUserControl(message, out);
    case kTypeWindowAckSize:
      return OnWindowAckSize(message);
    default:
      // Chunk size and abort were obeyed by the reader. Acknowledgements and bandwidth wishes have no use: TCP does
      // that work. Shared objects and what nobody has defined are passed over.
      return Reason::kNone;
  }
}

// Cameras that never fill in the message stream id send their media on 0.
void ServerSession::OnMediaMessage(const Message& message, ServerSessionSink& sink) const {
  if (role_ != Role::kPublisher || (message.stream_id != role_stream_ && message.stream_id != 0)) return;
  ForEachMedia(message, [&](const Message& media) {
    if (role_ == Role::kPublisher) sink.OnMedia(media);
  });
}

Reason ServerSession::OnUserControl(const Message& message, Buffer& out) const {
  // FMS-like peers send events of one byte and of numbers that only they know: no error.
  const ByteView payload = message.payload;
  if (payload.size() < 6 || LoadBe16(payload.data()) != kEventPingRequest) return Reason::kNone;
  AppendUserControl(out, kEventPingResponse, LoadBe32(payload.data() + 2), chunk_size_);
  return Reason::kNone;
}

Reason ServerSession::OnWindowAckSize(const Message& message) {
  if (message.payload.size() < 4) return Reason::kChunkMalformed;
  const uint32_t window = LoadBe32(message.payload.data());
  if (window > 0) window_ = window;
  return Reason::kNone;
}

void ServerSession::CountReceived(size_t bytes, Buffer& out) {
  received_ += static_cast<uint32_t>(bytes);
  // Nothing may follow S2 before connect has come.
  if (!is_connected_ || received_ - acknowledged_ < std::max(window_ / 2, 1u)) return;
  acknowledged_ = received_;
  AppendAck(out, received_, chunk_size_);
}

void ServerSession::Wait(std::unique_ptr<Pending> pending) {
  pending_ = std::move(pending);
  state_ = State::kDeciding;
}

ServerSession::Pending ServerSession::Decide() {
  Pending pending = std::move(*pending_);
  pending_.reset();
  state_ = State::kReady;
  return pending;
}

void ServerSession::KeepStrings(const ConnectRequest& request) {
  const std::string_view texts[] = {request.tc_url, request.app, request.page_url, request.relay_path};
  size_t total = 0;
  for (const std::string_view text : texts) total += text.size();
  strings_ = std::make_unique<char[]>(total);
  char* to = strings_.get();
  for (int i = 0; i < 4; ++i) {
    to = std::copy(texts[i].begin(), texts[i].end(), to);
    string_sizes_[i] = static_cast<uint16_t>(texts[i].size());
  }
}

std::string_view ServerSession::Text(int index) const {
  size_t begin = 0;
  for (int i = 0; i < index; ++i) begin += string_sizes_[i];
  return {strings_.get() + begin, string_sizes_[index]};
}

}  // namespace weir::rtmp
