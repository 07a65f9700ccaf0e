// Any bytes through the chunk reader: the messages must not depend on how the bytes are cut, memory stays within the
// limits, and what was read can be written and read again.
#include "proto/rtmp/chunk_reader.h"

#include <cstdlib>

#include "proto/rtmp/aggregate.h"
#include "proto/rtmp/chunk_writer.h"
#include "test/fuzz/pieces.h"

namespace weir {
namespace {

constexpr uint32_t kMaxMessage = 4096;
constexpr rtmp::ChunkReader::Limits kLimits = {.max_message = kMaxMessage, .max_chunk_streams = 8};

void Check(bool holds) {
  if (!holds) std::abort();
}

void Mix(uint64_t& hash, uint64_t value) { hash = (hash ^ value) * 0x100000001b3; }

// Order and content of all messages in one number.
struct Digest {
  uint64_t hash = 0xcbf29ce484222325;
  size_t count = 0;
  Reason reason = Reason::kNone;

  void Add(const rtmp::Message& message) {
    ++count;
    for (const uint64_t field : {uint64_t{message.type}, uint64_t{message.csid}, uint64_t{message.stream_id},
                                 uint64_t{message.timestamp}, uint64_t{message.payload.size()}}) {
      Mix(hash, field);
    }
    for (const uint8_t byte : message.payload) Mix(hash, byte);
  }
  bool operator==(const Digest&) const = default;
};

// Reads all messages of `in`; false when the reader broke.
template <class F>
bool ReadAll(rtmp::ChunkReader& reader, ByteView in, F take) {
  while (true) {
    const rtmp::ChunkReader::Step step = reader.Next(in);
    Check(reader.buffered() <= 2 * kMaxMessage);
    if (step == rtmp::ChunkReader::Step::kMore) {
      Check(in.empty());
      return true;
    }
    if (step == rtmp::ChunkReader::Step::kBroken) return false;
    take(reader.message());
  }
}

Digest ReadInPieces(ByteView input) {
  rtmp::ChunkReader reader;
  reader.set_limits(kLimits);
  Digest digest;
  fuzz::ForEachPiece(input, [&](ByteView in) {
    return ReadAll(reader, in, [&](const rtmp::Message& message) { digest.Add(message); });
  });
  digest.reason = reader.reason();
  return digest;
}

// A written message reads back as itself.
void CheckRoundTrip(const rtmp::Message& message) {
  Buffer wire;
  rtmp::AppendMessage(wire, message, rtmp::kDefaultChunkSize);
  Check(wire.size() == rtmp::EncodedSize(message, rtmp::kDefaultChunkSize));
  rtmp::ChunkReader reader;
  Digest expected;
  Digest read;
  expected.Add(message);
  ReadAll(reader, wire, [&](const rtmp::Message& again) { read.Add(again); });
  Check(read.hash == expected.hash);

  rtmp::ForEachMedia(message, [](const rtmp::Message& media) { Check(media.type != rtmp::kTypeAggregate); });
}

}  // namespace
}  // namespace weir

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using weir::Buffer;
  if (size == 0) return 0;
  Buffer input(data, data + size);
  input[0] = 0;
  const weir::Digest whole = weir::ReadInPieces(input);
  input[0] = 255;
  weir::Check(weir::ReadInPieces(input) == whole);

  weir::rtmp::ChunkReader reader;
  reader.set_limits(weir::kLimits);
  weir::ReadAll(reader, weir::ByteView(data, size).subspan(1), [](const weir::rtmp::Message& message) {
    const bool is_control = message.type == weir::rtmp::kTypeSetChunkSize || message.type == weir::rtmp::kTypeAbort;
    if (!is_control) weir::CheckRoundTrip(message);
  });
  return 0;
}
