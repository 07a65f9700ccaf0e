#include "proto/rtmp/chunk_writer.h"

#include <algorithm>

namespace weir::rtmp {
namespace {

constexpr uint8_t kFormat0 = 0x00;
constexpr uint8_t kFormat1 = 0x40;
constexpr uint8_t kFormat3 = 0xC0;

// RTMP 1.0, 5.3.1.1: the last form is little-endian.
void AppendBasicHeader(Buffer& out, uint8_t format, uint32_t csid) {
  if (csid < 64) {
    AppendU8(out, format | csid);
  } else if (csid < 64 + 256) {
    AppendU8(out, format);
    AppendU8(out, csid - 64);
  } else {
    AppendU8(out, format | 1);
    AppendU8(out, (csid - 64) & 0xFF);
    AppendU8(out, (csid - 64) >> 8);
  }
}

size_t BasicHeaderSize(uint32_t csid) { return csid < 64 ? 1 : csid < 64 + 256 ? 2 : 3; }

}  // namespace

void AppendMessage(Buffer& out, const Message& message, uint32_t chunk_size) {
  const bool is_extended = message.timestamp >= kExtendedTimestamp;
  AppendBasicHeader(out, kFormat0, message.csid);
  AppendBe24(out, is_extended ? kExtendedTimestamp : message.timestamp);
  AppendBe24(out, static_cast<uint32_t>(message.payload.size()));
  AppendU8(out, message.type);
  AppendLe32(out, message.stream_id);
  if (is_extended) AppendBe32(out, message.timestamp);

  ByteView rest = message.payload;
  while (true) {
    const size_t n = std::min<size_t>(rest.size(), chunk_size);
    Append(out, rest.first(n));
    rest = rest.subspan(n);
    if (rest.empty()) return;
    AppendBasicHeader(out, kFormat3, message.csid);
    if (is_extended) AppendBe32(out, message.timestamp);
  }
}

size_t EncodedSize(const Message& message, uint32_t chunk_size) {
  const size_t repeated = BasicHeaderSize(message.csid) + (message.timestamp >= kExtendedTimestamp ? 4 : 0);
  const size_t size = message.payload.size();
  const size_t chunks = size == 0 ? 1 : (size - 1) / chunk_size + 1;
  return chunks * repeated + 11 + size;
}

void WriteLogHeader(uint8_t* out, const LogHeader& header) {
  out[0] = static_cast<uint8_t>(kFormat1 | header.csid);
  StoreBe24(out + 1, header.delta);
  StoreBe24(out + 4, header.length);
  out[7] = header.type;
}

}  // namespace weir::rtmp
