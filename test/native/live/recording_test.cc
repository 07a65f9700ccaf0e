#include "live/recording.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "live/engine.h"
#include "proto/flv/reader.h"
#include "test/native/live/test_reader.h"

namespace weir {
namespace {

constexpr int64_t kFrame = 40;
constexpr int kGop = 25;

// A publisher that is written by hand, and a recording that is stepped by hand: a disk that stands still is one that is
// not stepped.
class RecordingTest : public testing::Test {
 protected:
  RecordingTest() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    peer_ = UniqueFd(ends[1]);
    publisher_ = new test::TestReader(shard_, UniqueFd(ends[0]));
    std::string name = (std::filesystem::temp_directory_path() / "weir-recording-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    stream_->BeginPublish(*publisher_, "127.0.0.1", PublishGrant{}, 0);
  }
  ~RecordingTest() override {
    publisher_->Close(Reason::kShutdown);
    std::filesystem::remove_all(folder_);
  }

  void Begin() { recording_.emplace(stream_, rules_, events_); }
  void Write(size_t size) {
    Buffer payload(size, 0x55);
    const bool is_key = frames_ % kGop == 0;
    payload[0] = is_key ? 0x17 : 0x27;
    payload[1] = 1;
    payload[2] = payload[3] = payload[4] = 0;
    StoreBe32(payload.data() + 5, static_cast<uint32_t>(frames_));
    rtmp::Message message;
    message.type = rtmp::kTypeVideo;
    message.timestamp = static_cast<uint32_t>(frames_ * kFrame);
    message.payload = payload;
    stream_->Write(message, frames_ * kFrame);
    ++frames_;
  }
  void WriteSeconds(int seconds, size_t frame = 4000) {
    for (int i = 0; i < seconds * kGop; ++i) Write(frame);
  }
  // Steps until nothing is told any more; answers every question for a name.
  void Run() {
    do {
      goes_on_ = recording_->Step() != Recording::Progress::kOver;
    } while (Answer() && goes_on_);
  }
  bool Answer() {
    bool answered = false;
    for (Event& event : events_.Take()) {
      if (event.type == Event::Type::kRecordNext) {
        recording_->RecordTo(folder_ + "/" + std::to_string(files_++) + ".flv");
        answered = true;
      } else {
        told_.push_back(event);
      }
    }
    return answered;
  }
  int Told(Event::Type type) const {
    return static_cast<int>(std::count_if(told_.begin(), told_.end(), [&](const Event& e) { return e.type == type; }));
  }
  // The numbers of the frames in a file.
  std::vector<uint32_t> FramesOf(const std::string& name) const {
    std::ifstream in(folder_ + "/" + name, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    ByteView rest{reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
    flv::Reader reader;
    std::vector<uint32_t> frames;
    while (reader.Next(rest) == flv::Reader::Step::kTag) {
      if (reader.tag().type == flv::kVideoTag) frames.push_back(LoadBe32(reader.tag().body.data() + 5));
    }
    return frames;
  }
  int64_t memory() const { return stream_->LogOf(Format::kRtmp)->log().memory(); }

  Engine engine_{EngineOptions{}, [] {}};
  Shard shard_{engine_, 0};
  MemoryBudget budget_{int64_t{1} << 40};
  EventQueue events_{[] {}};
  std::shared_ptr<Stream> stream_ = std::make_shared<Stream>(StreamKey{"v", "live", "s"}, shard_, budget_, "weir");
  test::TestReader* publisher_;
  UniqueFd peer_;
  RecordingRules rules_;
  std::optional<Recording> recording_;
  std::string folder_;
  std::vector<Event> told_;
  int64_t frames_ = 0;
  int files_ = 0;
  bool goes_on_ = true;
};

TEST_F(RecordingTest, HasEveryFrameFromTheBeginOfThePublishToItsEnd) {
  WriteSeconds(1);
  Begin();
  Run();
  WriteSeconds(2);
  recording_->Stop(false);
  Run();
  EXPECT_FALSE(goes_on_);
  const std::vector<uint32_t> frames = FramesOf("0.flv");
  ASSERT_EQ(frames.size(), 3u * kGop);
  for (uint32_t i = 0; i < frames.size(); ++i) EXPECT_EQ(frames[i], i);
}

TEST_F(RecordingTest, ADiskThatStandsStillCostsItsBacklogAndAGap) {
  rules_.backlog = 1 << 20;
  Begin();
  WriteSeconds(2);
  Run();
  const int64_t before = memory();
  WriteSeconds(60);  // 6 MB
  // Beside the backlog: what players need, and segments that are no finer.
  EXPECT_LT(memory() - before, 3 << 20);
  Run();
  EXPECT_EQ(Told(Event::Type::kRecordGap), 1);
  recording_->Stop(false);
  Run();
  const std::vector<uint32_t> frames = FramesOf("0.flv");
  ASSERT_GT(frames.size(), 2u * kGop);
  for (uint32_t i = 0; i < 2 * kGop; ++i) EXPECT_EQ(frames[i], i);
  // Behind the gap it goes on with a key frame, and has all that follows.
  EXPECT_EQ(frames[2 * kGop] % kGop, 0u);
  EXPECT_EQ(frames.back(), static_cast<uint32_t>(frames_ - 1));
}

TEST_F(RecordingTest, SegmentsBeginWithKeyFramesAndLoseNothing) {
  rules_.segment = 3'000;
  Begin();
  for (int i = 0; i < 10; ++i) {
    WriteSeconds(1);
    Run();
  }
  recording_->Stop(false);
  Run();
  EXPECT_EQ(files_, 4);
  std::vector<uint32_t> all;
  for (int i = 0; i < files_; ++i) {
    const std::vector<uint32_t> frames = FramesOf(std::to_string(i) + ".flv");
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames.front() % kGop, 0u);
    all.insert(all.end(), frames.begin(), frames.end());
  }
  ASSERT_EQ(all.size(), 10u * kGop);
  for (uint32_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], i);
}

TEST_F(RecordingTest, AFileThatCannotBeMadeEndsItWithTheReason) {
  Begin();
  std::filesystem::remove_all(folder_);
  std::ofstream(folder_) << "a file";
  WriteSeconds(1);
  Run();
  EXPECT_FALSE(goes_on_);
  ASSERT_EQ(Told(Event::Type::kRecordEnd), 1);
  EXPECT_NE(told_.back().record->error, 0);
}

// For the thread sanitizer: the stream is written while it is recorded.
TEST_F(RecordingTest, IsWrittenOnAThreadOfItsOwn) {
  rules_.segment = 1'000;
  Begin();
  std::atomic<bool> is_over{false};
  std::thread thread([&] {
    while (goes_on_) Run();
    is_over = true;
  });
  for (int i = 0; i < 20; ++i) {
    WriteSeconds(1);
    (void)recording_->Snapshot();
  }
  recording_->Stop(false);
  thread.join();
  EXPECT_TRUE(is_over);
  EXPECT_EQ(Told(Event::Type::kRecordEnd), 1);
  EXPECT_EQ(Told(Event::Type::kRecordFile), files_);
}

}  // namespace
}  // namespace weir
