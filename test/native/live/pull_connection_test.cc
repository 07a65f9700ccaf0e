#include "live/pull_connection.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "live/engine.h"
#include "live/shard.h"
#include "test/native/live/client_end.h"
#include "test/native/live/source_end.h"

namespace weir {
namespace {

using test::SourceEnd;

constexpr uint8_t kAudio = rtmp::kTypeAudio;
constexpr uint8_t kVideo = rtmp::kTypeVideo;
const char* const kHeader = "17 00 000000 01";
const char* const kKeyFrame = "17 01 000000 aa";

class PullConnectionTest : public testing::Test {
 protected:
  PullConnectionTest() {
    grant_.key = {"v", "live", "s"};
    auto [ours, its] = test::SocketPair(0);
    source_ = std::make_unique<SourceEnd>(std::move(its));
    id_ = engine_.handles().Allocate();
    Pull pull;
    pull.peer.tc_url = "rtmp://h/a/b";
    pull.peer.app = "a/b";
    pull.peer.stream = "there?token=x";
    pull.peer.relay_path = "one,two";
    pull.tc_url = "rtmp://127.0.0.1/live?vhost=v";
    pull.app = "live";
    pull.stream = "s";
    connection_ = new PullConnection(shard_, std::move(ours), id_, std::move(pull));
    engine_.handles().Put(id_, {&shard_, connection_});
    engine_.AdmitOwn();
  }
  ~PullConnectionTest() override { shard_.CloseAll(Reason::kShutdown); }

  bool lives() { return engine_.handles().Find(id_).connection != nullptr; }

  // Moves all there is, and answers a publish as `answers_` says. Returns what TypeScript is told.
  std::string Run() {
    std::string told;
    for (bool moved = true; moved;) {
      moved = source_->Pump();
      if (lives()) connection_->OnIo(kReadable | kWritable);
      for (const Event& event : engine_.TakeEvents()) {
        moved = true;
        told += Describe(event);
        if (event.type == Event::Type::kPublish && answers_) Answer();
      }
      moved = source_->Pump() || moved;
    }
    return told;
  }
  void Answer() {
    if (denies_) {
      connection_->Decide({Request::kPublish, Rejected{Reason::kHookDenied, "", ""}});
    } else {
      connection_->Decide({Request::kPublish, grant_});
    }
  }
  static std::string Describe(const Event& event) {
    switch (event.type) {
      case Event::Type::kPublish:
        return "publish " + event.tc_url + " " + event.app + " " + event.name + "\n";
      case Event::Type::kPublished:
        return "published " + event.key.stream + "\n";
      case Event::Type::kUnpublished:
        return std::string("unpublished ") + ReasonName(event.reason) + "\n";
      case Event::Type::kRefused:
        return std::string("refused ") + ReasonName(event.reason) + "\n";
      case Event::Type::kPullEnded:
        return std::string("ended ") + ReasonName(event.reason) + (event.name.empty() ? "" : " " + event.name) + "\n";
      default:
        return "another\n";
    }
  }
  StreamStats Stats() {
    const std::vector<StreamStats> streams = engine_.registry().Snapshot(0);
    return streams.empty() ? StreamStats{} : streams[0];
  }
  const std::string published_ = "publish rtmp://127.0.0.1/live?vhost=v live s\npublished s\n";

  Engine engine_{EngineOptions{}, [] {}};
  Shard shard_{engine_, 0};
  PublishGrant grant_;
  std::unique_ptr<SourceEnd> source_;
  PullConnection* connection_ = nullptr;  // the shard's
  uint64_t id_ = 0;
  bool answers_ = true;
  bool denies_ = false;
};

TEST_F(PullConnectionTest, AsksToPublishWithTheFirstFrameAndLosesNothing) {
  EXPECT_EQ(Run(), "");
  EXPECT_EQ(source_->asked, "rtmp://h/a/b a/b one,two there?token=x");
  source_->Message(rtmp::kTypeData, 0, test::Hex("02000a 6f6e4d65746144617461 08 00000000 000009"));
  EXPECT_EQ(Run(), "") << "metadata alone is no stream";
  source_->Media(kVideo, 1000, kHeader);
  source_->Media(kVideo, 1000, kKeyFrame);
  source_->Media(kAudio, 1010, "af 01 cc");
  EXPECT_EQ(Run(), published_);
  EXPECT_EQ(Stats().video_frames, 1u);
  EXPECT_EQ(Stats().audio_frames, 1u);
  EXPECT_EQ(Stats().publisher, id_);
  source_->Media(kVideo, 1040, "27 01 000000 bb");
  Run();
  EXPECT_EQ(Stats().video_frames, 2u);
}

TEST_F(PullConnectionTest, WaitsForTheDecision) {
  answers_ = false;
  Run();
  source_->Media(kVideo, 0, kHeader);
  for (uint32_t i = 0; i < 20; ++i) source_->Media(kVideo, i * 40, kKeyFrame);
  EXPECT_EQ(Run(), "publish rtmp://127.0.0.1/live?vhost=v live s\n");
  EXPECT_FALSE(connection_->Decide({Request::kPlay, PlayGrant{}}));
  Answer();
  EXPECT_EQ(Run(), "published s\n");
  EXPECT_EQ(Stats().video_frames, 20u);
}

TEST_F(PullConnectionTest, LeavesTheStreamWhenTheSourceIsGone) {
  Run();
  source_->Media(kVideo, 0, kHeader);
  EXPECT_EQ(Run(), published_);
  source_->HangUp();
  EXPECT_EQ(Run(), "unpublished peer_closed\nended peer_closed\n");
  EXPECT_FALSE(lives());
}

TEST_F(PullConnectionTest, EndsWhenTheSourceSaysThatItsPublisherHasLeft) {
  Run();
  source_->Media(kVideo, 0, kHeader);
  EXPECT_EQ(Run(), published_);
  source_->Say("NetStream.Play.UnpublishNotify");
  EXPECT_EQ(Run(), "unpublished finished\nended finished\n");
  EXPECT_EQ(source_->asked.substr(source_->asked.size() - 4), " end") << "it said goodbye";
}

TEST_F(PullConnectionTest, TellsWhatASourceSaysThatRefuses) {
  source_->refuses = true;
  EXPECT_EQ(Run(), "ended target_refused NetStream.Play.StreamNotFound: Not here.\n");
}

TEST_F(PullConnectionTest, ADenialEndsIt) {
  denies_ = true;
  Run();
  source_->Media(kVideo, 0, kHeader);
  EXPECT_EQ(Run(), "publish rtmp://127.0.0.1/live?vhost=v live s\nended hook_denied\n");
  EXPECT_EQ(Stats().publisher, 0u);
}

TEST_F(PullConnectionTest, ASilentSourceIsGivenUp) {
  Run();
  connection_->Sweep(shard_.now_ms() + 19'999);
  EXPECT_TRUE(lives());
  connection_->Sweep(shard_.now_ms() + 20'001);
  EXPECT_EQ(Run(), "ended source_silent\n");
}

TEST_F(PullConnectionTest, ASourceThatGoesSilentIsGivenUp) {
  Run();
  source_->Media(kVideo, 0, kHeader);
  EXPECT_EQ(Run(), published_);
  connection_->Sweep(shard_.now_ms() + grant_.normal_timeout);
  EXPECT_EQ(Run(), "unpublished publish_idle_timeout\nended publish_idle_timeout\n");
}

TEST_F(PullConnectionTest, AServerThatNeverAnswersIsGivenUp) {
  connection_->OnIo(kWritable);
  connection_->Sweep(shard_.now_ms() + 10'001);
  EXPECT_EQ(Run(), "ended handshake_timeout\n");
}

TEST_F(PullConnectionTest, GarbageEndsIt) {
  source_->Garbage();
  EXPECT_EQ(Run(), "ended handshake_version\n");
}

TEST_F(PullConnectionTest, GarbageBehindTheHandshakeEndsIt) {
  Run();
  source_->Media(kVideo, 0, kHeader);
  EXPECT_EQ(Run(), published_);
  source_->Message(rtmp::kTypeSetChunkSize, 0, test::Hex("00000000"));
  EXPECT_EQ(Run(), "unpublished chunk_size_invalid\nended chunk_size_invalid\n");
}

TEST_F(PullConnectionTest, AStreamThatHasAPublisherStaysItsOwn) {
  test::ClientEnd encoder(engine_, shard_);
  encoder.Begin("s", true);
  for (int i = 0; i < 4; ++i) {
    encoder.Pump();
    for (const Event& event : engine_.TakeEvents()) {
      if (event.type == Event::Type::kConnect) encoder.connection().Decide({Request::kConnect, AcceptedConnect{}});
      if (event.type == Event::Type::kPublish) encoder.connection().Decide({Request::kPublish, grant_});
    }
  }
  Run();
  source_->Media(kVideo, 0, kHeader);
  EXPECT_EQ(Run(), "publish rtmp://127.0.0.1/live?vhost=v live s\nrefused stream_busy\nended stream_busy\n");
  EXPECT_EQ(Stats().publisher, encoder.id());
}

}  // namespace
}  // namespace weir
