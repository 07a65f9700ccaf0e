// Chunks: reading what a publisher sends, whole and split as sockets do it, and writing messages.
#include <algorithm>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "bench/native/harness.h"
#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/messages.h"

namespace weir::micro {
namespace {

constexpr int kMessages = 64;
constexpr size_t kReceive = 64 * 1024;  // as much as one read of a busy publisher brings

struct Shape {
  std::string name;
  size_t size;
  uint32_t chunk_size;
};

// What OBS and ffmpeg send at some Mbit/s, and what comes before the server's SetChunkSize is adopted.
const Shape kShapes[] = {
    {"audio 200 B", 200, 4096},
    {"video 4 KB, chunks of 4096", 4000, 4096},
    {"video 30 KB, chunks of 4096", 30'000, 4096},
    {"video 30 KB, chunks of 60000", 30'000, 60'000},
    {"video 30 KB, chunks of 128", 30'000, 128},
};

rtmp::Message MakeMessage(const Buffer& payload, uint32_t timestamp) {
  return {.type = rtmp::kTypeVideo, .csid = 6, .stream_id = 1, .timestamp = timestamp, .payload = payload};
}

void AddReader(const Shape& shape, Cases& cases) {
  Buffer payload(shape.size, 0x55);
  auto wire = std::make_shared<Buffer>();
  for (uint32_t i = 0; i < kMessages; ++i) rtmp::AppendMessage(*wire, MakeMessage(payload, i * 40), shape.chunk_size);
  auto reader = std::make_shared<rtmp::ChunkReader>();
  reader->set_limits({.max_message = rtmp::kMaxMessageSize, .max_chunk_streams = 64});
  Buffer announce;
  rtmp::AppendSetChunkSize(announce, shape.chunk_size, rtmp::kDefaultChunkSize);
  ByteView in = announce;
  while (reader->Next(in) == rtmp::ChunkReader::Step::kMessage) Keep(reader->message());
  cases.push_back({"read " + shape.name, [wire, reader] {
                     Work work{.bytes = wire->size()};
                     for (size_t at = 0; at < wire->size(); at += kReceive) {
                       ByteView part = ByteView(*wire).subspan(at, std::min(kReceive, wire->size() - at));
                       while (reader->Next(part) == rtmp::ChunkReader::Step::kMessage) {
                         Keep(reader->message());
                         ++work.messages;
                       }
                     }
                     return work;
                   }});
}

void AddWriter(const Shape& shape, Cases& cases) {
  auto payload = std::make_shared<Buffer>(shape.size, 0x55);
  auto out = std::make_shared<Buffer>();
  cases.push_back({"write " + shape.name, [=] {
                     out->clear();
                     for (uint32_t i = 0; i < kMessages; ++i) {
                       rtmp::AppendMessage(*out, MakeMessage(*payload, i * 40), shape.chunk_size);
                     }
                     Keep(*out);
                     return Work{kMessages, out->size()};
                   }});
}

}  // namespace

void AddChunkCases(Cases& cases) {
  for (const Shape& shape : kShapes) AddReader(shape, cases);
  for (const Shape& shape : kShapes) AddWriter(shape, cases);
}

}  // namespace weir::micro
