#include "proto/flv/reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/native/support/hex.h"

namespace weir::flv {
namespace {

using test::Hex;
using test::ToHex;

struct ReadRun {
  std::string tags;
  Reason reason = Reason::kNone;
};

// Feeds the pieces each from its own memory, so that ASan sees a view that outlives it.
ReadRun ReadFlv(const std::vector<ByteView>& pieces, uint32_t max_body = kMaxBody) {
  Reader reader(max_body);
  ReadRun run;
  for (const ByteView piece : pieces) {
    const Buffer own(piece.begin(), piece.end());
    ByteView in(own);
    while (true) {
      const Reader::Step step = reader.Next(in);
      if (step == Reader::Step::kTag) {
        const Tag& tag = reader.tag();
        run.tags += std::to_string(tag.type) + "@" + std::to_string(tag.timestamp) + ":" + ToHex(tag.body) + " ";
        continue;
      }
      EXPECT_TRUE(step == Reader::Step::kBroken || in.empty());
      break;
    }
  }
  run.reason = reader.reason();
  return run;
}

const char* kFile =
    "464c5601 05 00000009 00000000"
    "12 000003 000000 00 000000 020000 0000000e"
    "09 000005 000028 00 000000 1701000000 00000010"
    "29 000002 000030 00 000000 ffff 0000000d"  // encrypted: skipped
    "08 000000 00002a 01 000000 00000000"       // empty, its back pointer wrong
    "09 000001 ffffff ff 000000 27 0000000c";
const char* kTags = "18@0:020000 9@40:1701000000 8@16777258: 9@4294967295:27 ";

TEST(FlvReader, ReadsAFileCutAnywhere) {
  const Buffer file = Hex(kFile);
  for (size_t cut = 0; cut <= file.size(); ++cut) {
    const ByteView bytes(file);
    const ReadRun run = ReadFlv({bytes.first(cut), bytes.subspan(cut)});
    EXPECT_EQ(run.tags, kTags) << cut;
    EXPECT_EQ(run.reason, Reason::kNone);
  }
  std::vector<ByteView> single;
  for (size_t i = 0; i < file.size(); ++i) single.push_back(ByteView(file).subspan(i, 1));
  EXPECT_EQ(ReadFlv(single).tags, kTags);
}

TEST(FlvReader, PassesOverALongerFileHeader) {
  const Buffer file = Hex("464c5601 05 0000000b aaaa 00000000 08 000001 000000 00 000000 2f 0000000c");
  EXPECT_EQ(ReadFlv({ByteView(file)}).tags, "8@0:2f ");
}

TEST(FlvReader, RefusesWhatIsNoFlvOrTooLarge) {
  const Buffer garbage = Hex("47455420 2f2048545450");
  EXPECT_EQ(ReadFlv({ByteView(garbage)}).reason, Reason::kFlvMalformed);
  const Buffer file = Hex("464c5601 05 00000009 00000000 09 000011 000000 00 000000");
  EXPECT_EQ(ReadFlv({ByteView(file)}, 16).reason, Reason::kMessageTooLarge);
  EXPECT_EQ(ReadFlv({ByteView(file)}, 17).reason, Reason::kNone);
}

TEST(FlvReader, KeepsOnlyWhatArrivedOfALargeTag) {
  Reader reader;
  const Buffer file = Hex("464c5601 05 00000009 00000000 09 ffffff 000000 00 000000 0102");
  ByteView in(file);
  EXPECT_EQ(reader.Next(in), Reader::Step::kMore);
  EXPECT_EQ(reader.buffered(), 2u);
}

}  // namespace
}  // namespace weir::flv
