#include "proto/flv/file_meta.h"

#include <gtest/gtest.h>

#include "proto/flv/reader.h"

namespace weir::flv {
namespace {

Buffer Metadata() {
  Buffer message;
  amf0::AppendString(message, "onMetaData");
  amf0::BeginEcmaArray(message, 2);
  amf0::AppendField(message, "width", 1280);
  amf0::AppendField(message, "duration", 99);
  amf0::EndObject(message);
  return message;
}

Buffer BodyOf(const Buffer& tag) {
  return Buffer(tag.begin() + kTagHeaderSize, tag.end() - static_cast<std::ptrdiff_t>(kBackPointerSize));
}

amf0::Value FieldsOf(const Buffer& tag) {
  const Buffer body = BodyOf(tag);
  amf0::Reader reader(body);
  amf0::Value fields;
  EXPECT_EQ(reader.Skip(), Reason::kNone);
  EXPECT_EQ(reader.Read(fields), Reason::kNone);
  // What is behind it is a value of its own, to the end.
  EXPECT_EQ(reader.Skip(), Reason::kNone);
  EXPECT_TRUE(reader.empty());
  return fields;
}

TEST(FileMetaTest, HasOneSizeFromItsBeginToItsEnd) {
  FileMeta meta;
  meta.Begin(Metadata(), 100);
  Buffer open;
  meta.AppendOpen(open);
  EXPECT_EQ(open.size(), meta.size());
  EXPECT_EQ(FieldsOf(open).NumberOf("width"), 1280);
  EXPECT_EQ(FieldsOf(open).Find("duration"), nullptr);
  for (uint32_t i = 0; i < 100; ++i) meta.NoteKeyFrame(i * 1000, i * 5000);
  Buffer finished;
  meta.AppendFinished(100'500, 123'456, finished);
  EXPECT_EQ(finished.size(), meta.size());
  const amf0::Value fields = FieldsOf(finished);
  EXPECT_EQ(fields.NumberOf("duration"), 100.5);
  EXPECT_EQ(fields.NumberOf("filesize"), 123'456);
  const amf0::Value* index = fields.Find("keyframes");
  ASSERT_NE(index, nullptr);
  ASSERT_EQ(index->Find("times")->members.size(), 100u);
  EXPECT_EQ(index->Find("filepositions")->members[99].value.number, 99 * 5000);
}

TEST(FileMetaTest, ThinsItsIndexWhenThereAreMoreKeyFrames) {
  FileMeta meta;
  meta.Begin({}, 16);
  for (uint32_t i = 0; i < 1000; ++i) meta.NoteKeyFrame(i * 1000, i);
  EXPECT_GT(meta.key_frames(), 7u);
  EXPECT_LE(meta.key_frames(), 16u);
  Buffer tag;
  meta.AppendFinished(1'000'000, 1, tag);
  EXPECT_EQ(tag.size(), meta.size());
  const amf0::Value fields = FieldsOf(tag);
  const auto& times = fields.Find("keyframes")->Find("times")->members;
  for (size_t i = 2; i < times.size(); ++i) {
    EXPECT_EQ(times[i].value.number - times[i - 1].value.number, times[1].value.number - times[0].value.number);
  }
}

TEST(FileMetaTest, GoesOnWithATagOfBefore) {
  FileMeta before;
  before.Begin(Metadata(), 50);
  Buffer tag;
  before.AppendOpen(tag);
  FileMeta after;
  ASSERT_TRUE(after.Resume(BodyOf(tag)));
  EXPECT_EQ(after.size(), before.size());
  for (uint32_t i = 0; i < 50; ++i) after.NoteKeyFrame(i, i);
  EXPECT_EQ(after.key_frames(), 50u);
  Buffer finished;
  after.AppendFinished(1, 1, finished);
  EXPECT_EQ(finished.size(), tag.size());
  EXPECT_EQ(FieldsOf(finished).NumberOf("width"), 1280);
  EXPECT_TRUE(after.Resume(BodyOf(finished)));
}

TEST(FileMetaTest, TakesNoTagOfOthers) {
  FileMeta meta;
  EXPECT_FALSE(meta.Resume(Metadata()));
  EXPECT_FALSE(meta.Resume({}));
  Buffer tag;
  meta.Begin(Metadata(), 50);
  meta.AppendOpen(tag);
  Buffer body = BodyOf(tag);
  body.resize(body.size() / 4);
  EXPECT_FALSE(meta.Resume(body));
}

}  // namespace
}  // namespace weir::flv
