#include "media/metadata.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "media/amf0.h"
#include "media/frame.h"
#include "test/native/support/hex.h"

namespace weir {
namespace {

using test::Hex;

// {width: 640, encoder: "x"} as object and as ECMA array with a wrong count.
constexpr const char* kObject = "03 0005 7769647468 00 4084000000000000 0007 656e636f646572 02 0001 78 000009";
constexpr const char* kEcma = "08 00000014 0005 7769647468 00 4084000000000000 0007 656e636f646572 02 0001 78 000009";

Buffer Join(std::vector<std::string_view> names, const char* hex) {
  Buffer out;
  for (const std::string_view name : names) amf0::AppendString(out, name);
  Append(out, ByteView(Hex(hex)));
  return out;
}

std::vector<std::string> Keys(const amf0::Value& value) {
  std::vector<std::string> keys;
  for (const amf0::Member& member : value.members) keys.push_back(member.key);
  return keys;
}

TEST(Metadata, IsRecognisedInEveryDialect) {
  const std::pair<Buffer, DataKind> cases[] = {
      {Join({"@setDataFrame", "onMetaData"}, kEcma), DataKind::kMetadata},
      {Join({"@setDataFrame", "onMetaData"}, kObject), DataKind::kMetadata},
      {Join({"@setDataFrame"}, kObject), DataKind::kMetadata},
      {Join({"onMetaData"}, kEcma), DataKind::kMetadata},
      {Join({"onMetaData"}, ""), DataKind::kMetadata},
      {Join({}, kObject), DataKind::kMetadata},
      {Join({"@clearDataFrame"}, ""), DataKind::kClear},
      {Join({"@clearDataFrame", "onMetaData"}, ""), DataKind::kClear},
      {Join({"onTextData"}, kObject), DataKind::kOther},
      {Join({"@setDataFrame", "onExpectAdditionalMedia"}, kObject), DataKind::kOther},
      {Join({"|RtmpSampleAccess"}, "01 01 01 01"), DataKind::kOther},
      {Hex("00000000 01"), DataKind::kNotAmf},  // ffmpeg's timecode
      {Hex(""), DataKind::kNotAmf},
      {Hex("02 ffff 61"), DataKind::kNotAmf},
  };
  for (const auto& [payload, kind] : cases) EXPECT_EQ(ClassifyData(payload).kind, kind) << test::ToHex(payload);
}

TEST(Metadata, IsGivenWithoutTheWrapper) {
  const Buffer wrapped = Join({"@setDataFrame", "onExpectAdditionalMedia"}, kObject);
  const DataMessage message = ClassifyData(wrapped);
  EXPECT_EQ(message.name, "onExpectAdditionalMedia");
  EXPECT_EQ(test::ToHex(message.body), test::ToHex(Join({"onExpectAdditionalMedia"}, kObject)));
}

TEST(Metadata, IsRewrittenAsEcmaArrayWithOurIdentityAndNothingRemoved) {
  for (const Buffer& payload : {Join({"@setDataFrame", "onMetaData"}, kEcma), Join({"onMetaData"}, kObject),
                                Join({"@setDataFrame"}, kObject), Join({}, kObject)}) {
    Buffer out;
    MetadataFacts facts;
    ASSERT_EQ(RewriteMetadata(payload, "weir/1.2.3", out, facts), Reason::kNone);
    EXPECT_EQ(facts.width, 640);

    amf0::Reader reader(out);
    std::string_view name;
    amf0::Value fields;
    ASSERT_EQ(reader.ReadString(name), Reason::kNone);
    EXPECT_EQ(name, "onMetaData");
    EXPECT_EQ(reader.rest()[0], 0x08);
    EXPECT_EQ(LoadBe32(reader.rest().data() + 1), 3u);
    ASSERT_EQ(reader.Read(fields), Reason::kNone);
    EXPECT_TRUE(reader.empty());
    EXPECT_EQ(Keys(fields), (std::vector<std::string>{"width", "encoder", "server"}));
    EXPECT_EQ(fields.TextOf("server"), "weir/1.2.3");
  }
}

TEST(Metadata, ReplacesAServerFieldOfThePublisher) {
  Buffer payload = Join({"onMetaData"}, "08 00000002");
  amf0::AppendField(payload, "server", "nginx");
  amf0::AppendField(payload, "width", 1);
  amf0::EndObject(payload);
  Buffer out;
  MetadataFacts facts;
  ASSERT_EQ(RewriteMetadata(payload, "weir/1", out, facts), Reason::kNone);
  amf0::Reader reader(out);
  amf0::Value fields;
  ASSERT_EQ(reader.Skip(), Reason::kNone);
  ASSERT_EQ(reader.Read(fields), Reason::kNone);
  EXPECT_EQ(Keys(fields), (std::vector<std::string>{"width", "server"}));
  EXPECT_EQ(fields.TextOf("server"), "weir/1");
}

TEST(Metadata, WithoutFieldsCarriesOurIdentity) {
  for (const char* nothing : {"", "05", "06"}) {
    Buffer out;
    MetadataFacts facts;
    EXPECT_EQ(RewriteMetadata(Join({"onMetaData"}, nothing), "weir/1", out, facts), Reason::kNone) << nothing;
    EXPECT_FALSE(out.empty());
  }
}

TEST(Metadata, FactsAreReadFromNumbersNamesAndTexts) {
  Buffer payload = Join({"onMetaData"}, "08 00000000");
  amf0::AppendField(payload, "audiosamplerate", 44100);
  amf0::AppendField(payload, "framerate", 29.97);
  amf0::AppendField(payload, "height", -0.0);
  amf0::AppendField(payload, "videocodecid", "hvc1");
  amf0::AppendField(payload, "audiocodecid", 10);
  amf0::AppendField(payload, "bravo_atc", "true");
  amf0::AppendField(payload, "duration", 0.0 / 0.0);
  amf0::AppendField(payload, "width", 1.0 / 0.0);
  amf0::EndObject(payload);
  Buffer out;
  MetadataFacts facts;
  ASSERT_EQ(RewriteMetadata(payload, "weir/1", out, facts), Reason::kNone);
  EXPECT_EQ(facts.audio_sample_rate, 44100);
  EXPECT_EQ(facts.frame_rate, 29.97);
  EXPECT_EQ(facts.width, 0);
  EXPECT_EQ(facts.height, 0);
  EXPECT_EQ(facts.video_codec, FourCc("hvc1"));
  EXPECT_EQ(facts.audio_codec, 10u);
  EXPECT_TRUE(facts.bravo_atc);
}

TEST(Metadata, ThatIsMalformedIsRefusedAndLeavesNothingBehind) {
  const Buffer cases[] = {Join({"onMetaData"}, "03 0005 7769"), Join({"onMetaData"}, "00 4084000000000000"),
                          Join({"onMetaData"}, "02 0001 61")};
  for (const Buffer& payload : cases) {
    Buffer out = {1, 2, 3};
    MetadataFacts facts{.width = 5};
    EXPECT_EQ(RewriteMetadata(payload, "weir/1", out, facts), Reason::kAmfMalformed);
    EXPECT_EQ(out.size(), 3u);
    EXPECT_EQ(facts.width, 5);
  }
}

}  // namespace
}  // namespace weir
