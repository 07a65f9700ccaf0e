#include "proto/rtmp/chunk_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/native/proto/chunks.h"

namespace weir::rtmp {
namespace {

using test::Hex;
using test::ReadChunks;
using test::ReadRun;

struct Case {
  const char* name;
  std::string wire;
  const char* messages;  // "type csid/stream @time payload" each, see chunks.h
  Reason reason = Reason::kNone;
};

std::string Repeat(const char* hex, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += hex;
  return text;
}

// A message of 130 bytes on chunk stream 4, cut at the default chunk size: 128 x aa, then 2 x bb behind a type-3
// header.
const std::string kLongBegin = "04 000010 000082 09 01000000" + Repeat("aa", 128);
const std::string kLongEnd = "c4 bbbb";
const char* kLong = "9 4/1 @16 aa*128 bbbb\n";

// The same with an extended timestamp of 18 000 000 ms (0112a880).
const std::string kLateBegin = "04 ffffff 000082 09 01000000 0112a880" + Repeat("aa", 128);
const char* kLate = "9 4/1 @18000000 aa*128 bbbb\n";

const Case kCases[] = {
    // Basic headers and formats.
    {"type 0", "03 00000a 000002 14 00000000 0102", "20 3/0 @10 0102\n"},
    {"the stream id is little-endian", "03 00000a 000001 14 01020304 01", "20 3/67305985 @10 01\n"},
    {"chunk stream 64", "00 00 00000a 000001 08 00000000 01", "8 64/0 @10 01\n"},
    {"chunk stream 319", "00 ff 00000a 000001 08 00000000 01", "8 319/0 @10 01\n"},
    {"chunk stream 320", "01 0001 00000a 000001 08 00000000 01", "8 320/0 @10 01\n"},
    {"chunk stream 65599", "01 ffff 00000a 000001 08 00000000 01", "8 65599/0 @10 01\n"},
    {"the three-byte form reaches small numbers too", "01 0000 00000a 000001 08 00000000 01", "8 64/0 @10 01\n"},
    {"type 1 adds its delta", "04 00000a 000001 08 01000000 01 44 000005 000002 09 0202",
     "8 4/1 @10 01\n9 4/1 @15 0202\n"},
    {"type 2 keeps length and type", "04 00000a 000001 08 01000000 01 84 000005 02 84 000006 03",
     "8 4/1 @10 01\n8 4/1 @15 02\n8 4/1 @21 03\n"},
    {"a type 3 that begins a message repeats the delta", "04 00000a 000001 08 01000000 01 84 000005 02 c4 03 c4 04",
     "8 4/1 @10 01\n8 4/1 @15 02\n8 4/1 @20 03\n8 4/1 @25 04\n"},
    {"after a type 0 its time is the delta (FMLE)", "04 00001a 000001 08 01000000 01 c4 02 c4 03",
     "8 4/1 @26 01\n8 4/1 @52 02\n8 4/1 @78 03\n"},
    {"the time wraps at 32 bits", "04 ffffff 000001 08 00000000 fffffff0 01 84 000020 02",
     "8 4/0 @4294967280 01\n8 4/0 @16 02\n"},
    {"an empty message", "03 000005 000000 08 01000000", "8 3/1 @5 \n"},
    {"empty messages of type 3", "03 000005 000000 08 01000000 c3 c3", "8 3/1 @5 \n8 3/1 @10 \n8 3/1 @15 \n"},

    // Fresh chunk streams that do not begin with type 0.
    {"librtmp's ping on a fresh chunk stream 2", "42 000000 000006 04 000700000001", "4 2/0 @0 000700000001\n"},
    {"Osmo's type 2 on a fresh chunk stream", "86 000005", "0 6/0 @5 \n"},

    // Messages in several chunks.
    {"two chunks", kLongBegin + kLongEnd, kLong},
    {"interleaved with a whole message", kLongBegin + "05 000014 000001 08 01000000 2f" + kLongEnd,
     "8 5/1 @20 2f\n9 4/1 @16 aa*128 bbbb\n"},
    {"interleaved chunk by chunk", kLongBegin + "05 000014 000081 08 01000000" + Repeat("cc", 128) + kLongEnd + "c5 dd",
     "9 4/1 @16 aa*128 bbbb\n8 5/1 @20 cc*128 dd\n"},
    {"a new header gives an incomplete message up", kLongBegin + "04 000030 000001 09 01000000 17", "9 4/1 @48 17\n"},
    {"so does one with another length", kLongBegin + "44 000004 000001 08 2f", "8 4/1 @20 2f\n"},
    {"abort gives it up", kLongBegin + "02 000000 000004 02 00000000 00000004" + "04 000030 000001 09 01000000 17",
     "2 2/0 @0 00000004\n9 4/1 @48 17\n"},
    {"abort of an unknown chunk stream does nothing", "02 000000 000004 02 00000000 00000009", "2 2/0 @0 00000009\n"},

    // Chunk size.
    {"a larger chunk size",
     "02 000000 000004 01 00000000 00001000 04 000010 000082 09 01000000" + Repeat("aa", 128) + "bbbb",
     "1 2/0 @0 00001000\n9 4/1 @16 aa*128 bbbb\n"},
    {"a chunk size of 1", "02 000000 000004 01 00000000 00000001 04 000010 000003 09 01000000 01 c4 02 c4 03",
     "1 2/0 @0 00000001\n9 4/1 @16 010203\n"},
    {"a chunk size that changes inside a message", kLongBegin + "02 000000 000004 01 00000000 00000001 c4 bb c4 bb",
     "1 2/0 @0 00000001\n9 4/1 @16 aa*128 bbbb\n"},
    {"a chunk size beyond any message", "02 000000 000004 01 00000000 08000000", "1 2/0 @0 08000000\n"},
    {"a camera's on chunk stream 3", "03 000000 000004 01 00000000 00001000", "1 3/0 @0 00001000\n"},
    {"chunk size 0", "02 000000 000004 01 00000000 00000000", "", Reason::kChunkSizeInvalid},
    {"chunk size of 2 GB", "02 000000 000004 01 00000000 80000000", "", Reason::kChunkSizeInvalid},
    {"chunk size of almost 2 GB", "02 000000 000004 01 00000000 7fffffff", "", Reason::kChunkSizeInvalid},
    {"chunk size in three bytes", "02 000000 000003 01 00000000 001000", "", Reason::kChunkMalformed},
    {"abort in three bytes", "02 000000 000003 02 00000000 000004", "", Reason::kChunkMalformed},

    // Extended timestamps.
    {"extended in one chunk", "04 ffffff 000001 09 01000000 0112a880 17", "9 4/1 @18000000 17\n"},
    {"repeated in type 3", kLateBegin + "c4 0112a880 bbbb", kLate},
    {"left out in type 3 (OBS before 30.1)", kLateBegin + "c4 bbbb", kLate},
    {"left out, payload begins like it", "04 ffffff 000084 09 01000000 0112a880" + Repeat("aa", 128) + "c4 0112a8ff",
     "9 4/1 @18000000 aa*128 0112a8ff\n"},
    {"left out, a short rest that begins like it",
     "04 ffffff 000081 09 01000000 0112a880" + Repeat("aa", 128) + "c4 01 05 000014 000001 08 01000000 2f",
     "9 4/1 @18000000 aa*128 01\n8 5/1 @20 2f\n"},
    {"left out, a rest of two bytes and a header that together almost equal it",
     "04 ffffff 000082 09 01000000 0112a880" + Repeat("aa", 128) + "c4 0112 a8 000005",
     "9 4/1 @18000000 aa*128 0112\n0 40/0 @5 \n"},
    {"repeated with 31 bits of 32", "04 ffffff 000082 09 01000000 8112a880" + Repeat("aa", 128) + "c4 0112a880 bbbb",
     "9 4/1 @2165483648 aa*128 bbbb\n"},
    {"exactly 0xffffff needs the extension", "04 ffffff 000001 09 01000000 00ffffff 17", "9 4/1 @16777215 17\n"},
    {"a small time after an extended one", kLateBegin + "c4 0112a880 bbbb 44 000028 000001 09 27",
     "9 4/1 @18000000 aa*128 bbbb\n9 4/1 @18000040 27\n"},
    {"type 3 that begins a message after an extended type 0 means the same time",
     "04 ffffff 000001 09 01000000 0112a880 17 c4 0112a880 27 c4 27",
     "9 4/1 @18000000 17\n9 4/1 @18000000 27\n9 4/1 @18000000 27\n"},
    {"an extended delta is a delta", "04 000064 000001 09 01000000 17 44 ffffff 000001 09 01000000 27",
     "9 4/1 @100 17\n9 4/1 @16777316 27\n"},
    {"but shortly behind the previous time it is absolute (yasea)",
     "04 ffffff 000001 09 01000000 0112a880 17 44 ffffff 000001 09 0112a8a8 27 84 ffffff 0112a8d0 27",
     "9 4/1 @18000000 17\n9 4/1 @18000040 27\n9 4/1 @18000080 27\n"},
    {"and so it is when it is more than a day", "04 000064 000001 09 01000000 17 44 ffffff 000001 09 05265c01 27",
     "9 4/1 @100 17\n9 4/1 @86400001 27\n"},
    {"an extended delta repeats in type 3",
     "04 000064 000001 09 01000000 17 44 ffffff 000082 09 01000000" + Repeat("aa", 128) +
         "c4 01000000 bbbb c4 01000000" + Repeat("aa", 128) + "c4 bbbb",
     "9 4/1 @100 17\n9 4/1 @16777316 aa*128 bbbb\n9 4/1 @33554532 aa*128 bbbb\n"},

    // Limits.
    {"a message beyond the limit", "04 000010 010001 09 01000000", "", Reason::kMessageTooLarge},
    {"a message of 16 MB", "04 000010 ffffff 09 01000000", "", Reason::kMessageTooLarge},
};

TEST(ChunkReader, ReadsEveryForm) {
  for (const Case& c : kCases) {
    const ReadRun run = ReadChunks({Hex(c.wire)});
    EXPECT_EQ(run.messages, c.messages) << c.name;
    EXPECT_EQ(run.reason, c.reason) << c.name;
  }
}

TEST(ChunkReader, ReadsEveryFormCutAnywhere) {
  for (const Case& c : kCases) {
    const Buffer wire = Hex(c.wire);
    for (size_t cut = 0; cut <= wire.size(); ++cut) {
      const ReadRun run =
          ReadChunks({Buffer(wire.begin(), wire.begin() + cut), Buffer(wire.begin() + cut, wire.end())});
      ASSERT_EQ(run.messages, c.messages) << c.name << " cut at " << cut;
      ASSERT_EQ(run.reason, c.reason) << c.name << " cut at " << cut;
    }
  }
}

TEST(ChunkReader, ReadsEveryFormByteByByteAndInSmallPieces) {
  for (const Case& c : kCases) {
    const Buffer wire = Hex(c.wire);
    for (const size_t size : {1, 2, 3, 5, 7}) {
      const ReadRun run = ReadChunks(test::Pieces(wire, size));
      EXPECT_EQ(run.messages, c.messages) << c.name << " in pieces of " << size;
      EXPECT_EQ(run.reason, c.reason) << c.name;
    }
  }
}

TEST(ChunkReader, RefusesMoreChunkStreamsThanAllowed) {
  Buffer wire;
  for (uint32_t csid = 2; csid < 66; ++csid) {
    AppendMessage(wire, {.type = 8, .csid = csid, .stream_id = 1, .timestamp = 0, .payload = {}}, 128);
  }
  EXPECT_EQ(ReadChunks({wire}).reason, Reason::kNone);
  AppendMessage(wire, {.type = 8, .csid = 66, .stream_id = 1, .timestamp = 0, .payload = {}}, 128);
  EXPECT_EQ(ReadChunks({wire}).reason, Reason::kTooManyChunkStreams);
}

TEST(ChunkReader, BoundsAllIncompleteMessagesTogether) {
  // Forty messages of 4000 bytes, each stopped one byte before its end.
  Buffer wire = Hex("02 000000 000004 01 00000000 00000f9f");
  for (uint32_t csid = 3; csid < 43; ++csid) {
    Buffer message;
    const Buffer payload(4000, 0x11);
    AppendMessage(message, {.type = 9, .csid = csid, .stream_id = 1, .timestamp = 0, .payload = payload}, 3999);
    Append(wire, ByteView(message).first(message.size() - 2));
  }
  ChunkReader reader;
  reader.set_limits({.max_message = 40000, .max_chunk_streams = 64});
  ByteView in(wire);
  ChunkReader::Step step = ChunkReader::Step::kMessage;
  size_t most = 0;
  while (step == ChunkReader::Step::kMessage) {
    step = reader.Next(in);
    most = std::max(most, reader.buffered());
  }
  EXPECT_EQ(step, ChunkReader::Step::kBroken);
  EXPECT_EQ(reader.reason(), Reason::kMessageTooLarge);
  EXPECT_LE(most, 80000u);
}

TEST(ChunkReader, DoesNotCopyAMessageThatLiesInOneChunk) {
  const Buffer wire = Hex("03 00000a 000002 14 00000000 0102");
  ChunkReader reader;
  ByteView in(wire);
  ASSERT_EQ(reader.Next(in), ChunkReader::Step::kMessage);
  EXPECT_EQ(reader.message().payload.data(), wire.data() + wire.size() - 2);
  EXPECT_EQ(reader.buffered(), 0u);
}

TEST(ChunkReader, KeepsOnlyWhatArrivedOfALargeMessage) {
  ChunkReader reader;
  reader.set_limits({.max_message = kMaxMessageSize, .max_chunk_streams = 64});
  const Buffer wire = Hex("03 00000a ffffff 09 00000000 0102");
  ByteView in(wire);
  EXPECT_EQ(reader.Next(in), ChunkReader::Step::kMore);
  EXPECT_EQ(reader.buffered(), 2u);
}

TEST(ChunkReader, ReleasesBuffersButNoIncompleteMessage) {
  ChunkReader reader;
  Buffer wire = Hex(kLongBegin);
  ByteView in(wire);
  EXPECT_EQ(reader.Next(in), ChunkReader::Step::kMore);
  reader.ReleaseBuffers();
  EXPECT_EQ(reader.buffered(), 128u);
  wire = Hex(kLongEnd);
  in = wire;
  ASSERT_EQ(reader.Next(in), ChunkReader::Step::kMessage);
  EXPECT_EQ(reader.message().payload.size(), 130u);
  reader.ReleaseBuffers();
  EXPECT_EQ(reader.buffered(), 0u);
  wire = Hex(kLongBegin + kLongEnd);
  in = wire;
  ASSERT_EQ(reader.Next(in), ChunkReader::Step::kMessage);
  EXPECT_EQ(reader.message().payload.size(), 130u);
}

TEST(ChunkReader, IsSmall) { EXPECT_LE(sizeof(ChunkReader), 104u); }

}  // namespace
}  // namespace weir::rtmp
