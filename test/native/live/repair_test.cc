// What a dead process left of a recording, cut anywhere and with wrong bytes anywhere: a repair loses nothing that is
// whole, adds nothing, and ends with a file that can be read to its end, or with an error and the file as it was.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "live/record_facts.h"
#include "media/flv_tag.h"
#include "test/native/support/boxes.h"
#include "test/native/support/hex.h"

namespace weir {
namespace {

constexpr uint32_t kTrials = 150;
constexpr Millis kLength = 8'000;
constexpr size_t kTsPacket = 188;
constexpr const char* kAvc =
    "17 00 000000 0142c00bffe100176742c00bda0c3fef011000000300100000030320f142aa01000468ce0fc8";

StreamHeaders::Config Config(Track track, Buffer payload) {
  return {.track = track, .sub_track = 0, .is_metadata = false, .payload = std::move(payload)};
}

// Eight seconds of pictures and sound, as they stand in a file that nobody has finished.
Buffer Unfinished(RecordAs as) {
  StreamHeaders headers;
  headers.configs = {Config(kVideoTrack, test::Hex(kAvc)), Config(kAudioTrack, test::Hex("af 00 1210"))};
  headers.active[kVideoTrack] = headers.active[kAudioTrack] = true;
  const auto format = MakeRecordingFormat(as, kLength);
  Buffer out;
  format->Begin(headers, out);
  for (int number = 0; number * 40 < kLength; ++number) {
    const bool is_key = number % 25 == 0;
    Buffer picture = test::Hex(is_key ? "17 01 000000 00000040 65" : "27 01 000000 00000040 41");
    picture.resize(picture.size() + 63, static_cast<uint8_t>(number));
    const Buffer sound = test::Hex("af 01 2122232425");
    const MediaFrame frames[] = {{kVideoTrack, flv::kVideoTag, picture, is_key, number * 40},
                                 {kAudioTrack, flv::kAudioTag, sound, false, number * 40 + 7}};
    for (const MediaFrame& frame : frames) {
      if (!format->NeedsNewFile(frame)) format->Write(frame, out);
    }
  }
  format->Flush(out);
  return out;
}

// Whole tags with their back pointers, but for the first one, which is written anew. `is_whole`: nothing follows them.
std::vector<Buffer> TagsOf(ByteView bytes, bool& is_whole) {
  std::vector<Buffer> tags;
  is_whole = false;
  if (bytes.size() < flv::kFileStartSize) return tags;
  bytes = bytes.subspan(flv::kFileStartSize);
  for (bool is_first = true; bytes.size() >= flv::kTagHeaderSize; is_first = false) {
    const size_t size = flv::kTagHeaderSize + LoadBe24(bytes.data() + 1) + flv::kBackPointerSize;
    if (size > bytes.size()) break;
    if (!is_first) tags.emplace_back(bytes.begin(), bytes.begin() + static_cast<int64_t>(size));
    bytes = bytes.subspan(size);
  }
  is_whole = bytes.empty();
  return tags;
}

// The fragments at the front that are there whole, with what comes before them.
size_t WholeBoxes(ByteView bytes) {
  ByteView rest = bytes;
  ByteView content;
  std::string_view type;
  size_t whole = 0;
  while (test::NextBox(rest, type, content)) {
    if (type != "moof") whole = bytes.size() - rest.size();
  }
  return whole;
}

class RepairTest : public testing::TestWithParam<RecordAs> {
 protected:
  RepairTest() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-repair-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    path_ = folder_ + "/file";
  }
  ~RepairTest() override { std::filesystem::remove_all(folder_); }

  // What it became, if there was no error.
  int Repair(ByteView left, Buffer& became) {
    std::filesystem::remove(path_);
    std::ofstream(path_ + ".tmp", std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(left.data()), static_cast<std::streamsize>(left.size()));
    RecordFacts facts;
    const int error = RepairRecording(GetParam(), path_, facts);
    became = Read(error == 0 ? path_ : path_ + ".tmp");
    if (error == 0) EXPECT_EQ(facts.bytes, became.size());
    return error;
  }
  static Buffer Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    EXPECT_TRUE(in) << path;
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    return Buffer(bytes.begin(), bytes.end());
  }
  // It can be read from its first to its last byte.
  static void ExpectReadable(const Buffer& became) {
    bool is_whole = true;
    switch (GetParam()) {
      case RecordAs::kFlv:
        TagsOf(became, is_whole);
        EXPECT_TRUE(is_whole);
        break;
      case RecordAs::kTs:
        EXPECT_EQ(became.size() % kTsPacket, 0U);
        break;
      case RecordAs::kMp4:
        EXPECT_EQ(WholeBoxes(became), became.size());
        break;
    }
  }
  // All that was whole in `left` is there still, and no more.
  static void ExpectSame(ByteView left, const Buffer& became) {
    bool is_whole = true;
    switch (GetParam()) {
      case RecordAs::kFlv:
        EXPECT_EQ(TagsOf(became, is_whole), TagsOf(left, is_whole));
        break;
      case RecordAs::kTs:
        EXPECT_EQ(became, Buffer(left.begin(), left.end() - static_cast<int64_t>(left.size() % kTsPacket)));
        break;
      case RecordAs::kMp4:
        EXPECT_EQ(became, Buffer(left.begin(), left.begin() + static_cast<int64_t>(WholeBoxes(left))));
        break;
    }
  }

  std::mt19937 random_{1};
  std::string folder_;
  std::string path_;
};

TEST_P(RepairTest, LosesNothingThatIsWhole) {
  const Buffer file = Unfinished(GetParam());
  ASSERT_GT(file.size(), 10'000U);
  uint32_t repaired = 0;
  for (uint32_t trial = 0; trial < kTrials; ++trial) {
    const ByteView left = ByteView(file).first(trial == 0 ? file.size() : random_() % file.size());
    Buffer became;
    const int error = Repair(left, became);
    SCOPED_TRACE("of " + std::to_string(file.size()) + " bytes the first " + std::to_string(left.size()));
    if (error != 0) {
      // Not even its beginning is there.
      EXPECT_EQ(error, EINVAL);
      EXPECT_LT(left.size(), file.size() / 10);
      EXPECT_EQ(became, Buffer(left.begin(), left.end()));
      continue;
    }
    ++repaired;
    ExpectReadable(became);
    ExpectSame(left, became);
  }
  EXPECT_GT(repaired, kTrials / 4);
}

TEST_P(RepairTest, IsHarmedByNoBytes) {
  const Buffer file = Unfinished(GetParam());
  uint32_t repaired = 0;
  for (uint32_t trial = 0; trial < kTrials; ++trial) {
    Buffer left(file.begin(), file.begin() + static_cast<int64_t>(1 + random_() % file.size()));
    // Half of the mistakes are where everything is announced.
    for (uint32_t flips = 1 + random_() % 8; flips > 0; --flips) {
      const size_t within = random_() % 2 == 0 ? left.size() : std::min<size_t>(left.size(), 512);
      left[random_() % within] = static_cast<uint8_t>(random_());
    }
    Buffer became;
    SCOPED_TRACE(trial);
    if (Repair(left, became) != 0) {
      EXPECT_EQ(became, left);
      continue;
    }
    ++repaired;
    ExpectReadable(became);
  }
  EXPECT_GT(repaired, 0U);
}

std::string NameOf(const testing::TestParamInfo<RecordAs>& format) {
  constexpr const char* kNames[] = {"Flv", "Ts", "Mp4"};
  return kNames[static_cast<size_t>(format.param)];
}

INSTANTIATE_TEST_SUITE_P(Formats, RepairTest, testing::Values(RecordAs::kFlv, RecordAs::kTs, RecordAs::kMp4), NameOf);

}  // namespace
}  // namespace weir
