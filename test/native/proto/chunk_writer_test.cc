#include "proto/rtmp/chunk_writer.h"

#include <gtest/gtest.h>

#include "proto/rtmp/aggregate.h"
#include "test/native/proto/chunks.h"

namespace weir::rtmp {
namespace {

using test::Hex;
using test::ReadChunks;
using test::Show;
using test::ToHex;

TEST(ChunkWriter, RepeatsTheExtendedTimestampInEveryChunk) {
  const Buffer payload = Hex("010203040506");
  Buffer out;
  AppendMessage(out, {.type = 9, .csid = 6, .stream_id = 1, .timestamp = 0x0112a880, .payload = payload}, 4);
  EXPECT_EQ(ToHex(out), ToHex(Hex("06 ffffff 000006 09 01000000 0112a880 01020304 c6 0112a880 0506")));
  out.clear();
  AppendMessage(out, {.type = 9, .csid = 6, .stream_id = 1, .timestamp = 0xfffffe, .payload = payload}, 4);
  EXPECT_EQ(ToHex(out), ToHex(Hex("06 fffffe 000006 09 01000000 01020304 c6 0506")));
}

TEST(ChunkWriter, IsUnderstoodByTheReaderForEverySizeAndForm) {
  for (const uint32_t csid : {2u, 63u, 64u, 319u, 320u, 65599u}) {
    for (const uint32_t timestamp : {0u, 0xfffffeu, 0xffffffu, 0xffffffffu}) {
      for (const size_t size : {0u, 1u, 127u, 128u, 129u, 256u, 300u}) {
        for (const uint32_t chunk_size : {1u, 128u, 60000u}) {
          Buffer payload(size);
          for (size_t i = 0; i < size; ++i) payload[i] = static_cast<uint8_t>(i);
          const Message message{.type = 8, .csid = csid, .stream_id = 9, .timestamp = timestamp, .payload = payload};
          Buffer out;
          AppendMessage(out, {.type = 1, .csid = 2, .payload = Hex("00000000")}, 128);
          StoreBe32(out.data() + out.size() - 4, chunk_size);
          const size_t before = out.size();
          AppendMessage(out, message, chunk_size);
          EXPECT_EQ(out.size() - before, EncodedSize(message, chunk_size));
          const std::string read = ReadChunks({out}).messages;
          EXPECT_EQ(read.substr(read.find('\n') + 1), Show(message));
        }
      }
    }
  }
}

TEST(LogEntry, IsAType1HeaderAndPieces) {
  uint8_t header[kLogHeaderSize];
  WriteLogHeader(header, {.type = 9, .csid = 6, .delta = 40, .length = 300});
  EXPECT_EQ(ToHex(header), ToHex(Hex("46 000028 00012c 09")));
  EXPECT_EQ(LogContinuation(6), 0xC6);
  EXPECT_EQ(LogEntrySize(0, 128), 8u);
  EXPECT_EQ(LogEntrySize(128, 128), 8u + 128);
  EXPECT_EQ(LogEntrySize(129, 128), 8u + 129 + 1);
  EXPECT_EQ(LogEntrySize(300, 128), 8u + 300 + 2);
}

TEST(Aggregate, MapsTheFirstTimeToItsOwnAndKeepsTheDistances) {
  const Buffer payload =
      Hex("08 000002 0003e8 00 000000 af01 0000000d"
          "09 000001 000410 00 000000 27 0000000c"
          "12 000003 0003e8 01 000000 020000");  // the last back pointer is missing
  AggregateReader aggregate({.type = kTypeAggregate, .csid = 4, .stream_id = 1, .timestamp = 50, .payload = payload});
  Message message;
  std::string shown;
  while (aggregate.Next(message)) shown += Show(message);
  EXPECT_EQ(shown, "8 4/1 @50 af01\n9 4/1 @90 27\n18 4/1 @16777266 020000\n");
  EXPECT_FALSE(aggregate.is_broken());
}

TEST(Aggregate, EndsAtAPartThatIsCutOff) {
  const Buffer payload = Hex("08 000002 000000 00 000000 af01 0000000d 09 000005 000000 00 000000 27");
  for (size_t size = 0; size <= payload.size(); ++size) {
    const Buffer prefix(payload.begin(), payload.begin() + size);
    AggregateReader aggregate({.type = kTypeAggregate, .payload = prefix});
    Message message;
    int count = 0;
    while (aggregate.Next(message)) ++count;
    EXPECT_EQ(count, size >= 13 ? 1 : 0);
    EXPECT_EQ(aggregate.is_broken(), size != 0 && (size < 13 || size > 17)) << size;
  }
}

}  // namespace
}  // namespace weir::rtmp
