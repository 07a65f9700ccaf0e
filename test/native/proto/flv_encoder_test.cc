#include "proto/flv/encoder.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/flv/reader.h"
#include "test/native/support/hex.h"

namespace weir::flv {
namespace {

using test::Hex;
using test::ToHex;

TEST(FlvEncoder, WritesWhatStandsAroundAPayload) {
  const TagFrame frame = MakeTag(kVideoTag, 5, 0x01020304);
  EXPECT_EQ(ToHex(frame.head()), "0900000502030401000000");
  EXPECT_EQ(ToHex(frame.tail()), "00000010");
  EXPECT_EQ(frame.head().size() + 5 + frame.tail().size(), TagEntrySize(5));
}

TEST(FlvEncoder, PutsOneTagIntoOneWebSocketFrame) {
  EXPECT_EQ(ToHex(MakeWsTag(kAudioTag, 110, 1).head()), "827d0800006e00000100000000");
  EXPECT_EQ(ToHex(MakeWsTag(kAudioTag, 111, 1).head()), "827e007e0800006f00000100000000");
  EXPECT_EQ(ToHex(MakeWsTag(kVideoTag, 65520, 1).head()), "827effff0900fff000000100000000");
  EXPECT_EQ(ToHex(MakeWsTag(kVideoTag, 65521, 1).head()), "827f00000000000100000900fff100000100000000");
  for (const uint32_t size : {0u, 110u, 111u, 65520u, 65521u, kMaxBody}) {
    const TagFrame frame = MakeWsTag(kVideoTag, size, 0);
    EXPECT_EQ(frame.head().size() + size + frame.tail().size(), WsTagEntrySize(size)) << size;
  }
}

TEST(FlvEncoder, BeginsAFileInOnePiece) {
  Buffer out;
  AppendFileStart(out, {.audio = true, .video = false});
  EXPECT_EQ(ToHex(out), "464c5601040000000900000000");
  out.clear();
  AppendWsFileStart(out, {.audio = true, .video = true});
  EXPECT_EQ(ToHex(out), "820d464c5601050000000900000000");
}

TEST(FlvEncoder, WritesWhatTheReaderReads) {
  Buffer file;
  AppendFileStart(file, {.audio = true, .video = true});
  AppendTag(file, kScriptTag, 0, Hex("020000"));
  AppendTag(file, kVideoTag, 0xFFFFFFFF, Hex("1701000000"));
  Reader reader;
  ByteView in(file);
  ASSERT_EQ(reader.Next(in), Reader::Step::kTag);
  EXPECT_EQ(reader.tag().type, kScriptTag);
  ASSERT_EQ(reader.Next(in), Reader::Step::kTag);
  EXPECT_EQ(reader.tag().timestamp, 0xFFFFFFFF);
  EXPECT_EQ(ToHex(reader.tag().body), "1701000000");
  EXPECT_EQ(reader.Next(in), Reader::Step::kMore);

  Buffer ws;
  AppendWsTag(ws, kScriptTag, 0, Hex("020000"));
  EXPECT_EQ(ToHex(ws), "8212" + ToHex(ByteView(file).subspan(kFileStartSize, 18)));
}

}  // namespace
}  // namespace weir::flv
