#include "proto/flv/encoder.h"

namespace weir::flv {
namespace {

using FileStart = std::array<uint8_t, kFileStartSize>;

FileStart FileStartOf(Tracks tracks) {
  FileStart start;
  WriteFileStart(start.data(), tracks.audio, tracks.video);
  return start;
}

void AppendWhole(Buffer& out, const TagFrame& frame, ByteView payload) {
  Append(out, frame.head());
  Append(out, payload);
  Append(out, frame.tail());
}

}  // namespace

void TagFrame::WriteTag(uint8_t type, uint32_t payload_size, uint32_t timestamp_ms) {
  WriteTagHeader(head_.data() + head_size_, type, payload_size, timestamp_ms);
  head_size_ = static_cast<uint8_t>(head_size_ + kTagHeaderSize);
  WriteBackPointer(tail_.data(), payload_size);
}

TagFrame MakeTag(uint8_t type, uint32_t payload_size, uint32_t timestamp_ms) {
  TagFrame frame;
  frame.WriteTag(type, payload_size, timestamp_ms);
  return frame;
}

TagFrame MakeWsTag(uint8_t type, uint32_t payload_size, uint32_t timestamp_ms) {
  TagFrame frame;
  frame.head_size_ =
      static_cast<uint8_t>(ws::WriteFrameHeader(frame.head_.data(), ws::Opcode::kBinary, TagEntrySize(payload_size)));
  frame.WriteTag(type, payload_size, timestamp_ms);
  return frame;
}

void AppendFileStart(Buffer& out, Tracks tracks) { Append(out, ByteView(FileStartOf(tracks))); }

void AppendWsFileStart(Buffer& out, Tracks tracks) { ws::AppendFrame(out, ws::Opcode::kBinary, FileStartOf(tracks)); }

void AppendTag(Buffer& out, uint8_t type, uint32_t timestamp_ms, ByteView payload) {
  AppendWhole(out, MakeTag(type, static_cast<uint32_t>(payload.size()), timestamp_ms), payload);
}

void AppendWsTag(Buffer& out, uint8_t type, uint32_t timestamp_ms, ByteView payload) {
  AppendWhole(out, MakeWsTag(type, static_cast<uint32_t>(payload.size()), timestamp_ms), payload);
}

}  // namespace weir::flv
