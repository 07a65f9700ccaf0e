// Pushes against a target that follows a script, over real sockets: what it says, what it leaves unsaid, where it hangs
// up.
#include "live/push_connection.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "test/native/live/push_rig.h"
#include "test/native/live/scripted_target.h"

namespace weir {
namespace {

using test::Hex;
using test::Null;
using test::Number;
using test::Object;
using test::PushRig;
using test::ScriptedTarget;
using test::Text;

// One step of a target: when that has come from the client, it says this.
struct Step {
  std::string_view after;
  Buffer answer;
};

std::vector<Step> Dialogue() {
  return {{"", ScriptedTarget::Handshake()},
          {"connect", ScriptedTarget::Connected()},
          {"createStream", ScriptedTarget::StreamCreated()},
          {"publish", ScriptedTarget::Publishing()}};
}

class PushConnectionTest : public testing::Test {
 protected:
  PushConnectionTest() { rig_.Publish(); }

  // Follows the dialogue so many steps far. False: the client did not.
  bool Advance(size_t steps) {
    target_.Accept();
    std::vector<Step> all = Dialogue();
    for (size_t i = 0; i < steps; ++i) {
      if (!target_.Hear(all[i].after)) return false;
      target_.Send(all[i].answer);
    }
    return true;
  }
  void Follow(size_t steps) { EXPECT_TRUE(Advance(steps)) << target_.heard(); }
  uint64_t Push(Millis answer_timeout = 10'000) { return rig_.Push(target_.address(), answer_timeout); }
  // The reason, and what the target or the kernel said.
  std::string End(uint64_t push) {
    Event event = rig_.Ended(push);
    EXPECT_TRUE(rig_.IsUnharmed());
    return std::string(ReasonName(event.reason)) + (event.name.empty() ? "" : " " + event.name);
  }

  PushRig rig_;
  ScriptedTarget target_;
};

TEST_F(PushConnectionTest, CopiesTheStreamFromItsNewestKeyFrameAndSaysGoodbye) {
  uint64_t push = Push();
  Follow(4);
  EXPECT_TRUE(target_.Hear("1701000000aa")) << target_.heard();
  rig_.PublishKeyFrame("bb");
  EXPECT_TRUE(target_.Hear("1701000000bb")) << target_.heard();
  EXPECT_TRUE(rig_.engine().Kick(push, Reason::kFinished));
  EXPECT_TRUE(target_.Hear("deleteStream"));
  target_.Close();
  EXPECT_EQ(End(push), "finished");
  EXPECT_EQ(target_.heard(),
            " handshake  connect  releaseStream  FCPublish  createStream  publish "
            " media  170000000001  media  1701000000aa  media  1701000000bb "
            " FCUnpublish  deleteStream ");
}

TEST_F(PushConnectionTest, NobodyListensThere) {
  SocketAddress gone = target_.address();
  target_.StopListening();
  EXPECT_EQ(End(rig_.Push(gone)), "connect_failed Connection refused");
}

TEST_F(PushConnectionTest, ATargetThatHangsUpEndsItWhereverThatIs) {
  for (size_t steps = 0; steps <= Dialogue().size(); ++steps) {
    uint64_t push = Push();
    Follow(steps);
    target_.Close();
    std::string end = End(push);
    EXPECT_TRUE(end == "peer_closed" || end == "peer_reset") << steps << ": " << end;
    target_.Reset();
  }
}

TEST_F(PushConnectionTest, ATargetThatIsSilentIsGivenUpWhereverThatIs) {
  for (size_t steps = 0; steps < Dialogue().size(); ++steps) {
    uint64_t push = Push(100);
    // On a slow machine it is given up before it has come so far.
    Advance(steps);
    std::string end = End(push);
    EXPECT_TRUE(end == "handshake_timeout" || (end == "target_timeout" && steps > 0)) << steps << ": " << end;
    target_.Reset();
  }
}

TEST_F(PushConnectionTest, HalfAnAnswerAndThenNothing) {
  std::vector<Step> all = Dialogue();
  for (size_t steps = 0; steps < all.size(); ++steps) {
    ByteView answer(all[steps].answer);
    for (size_t size : {size_t{1}, answer.size() / 2, answer.size() - 1}) {
      uint64_t push = Push();
      Follow(steps);
      EXPECT_TRUE(target_.Hear(all[steps].after));
      target_.Send(answer.first(size));
      target_.Close();
      std::string end = End(push);
      EXPECT_TRUE(end == "peer_closed" || end == "peer_reset") << steps << "/" << size << ": " << end;
      target_.Reset();
    }
  }
}

TEST_F(PushConnectionTest, AnswersByteByByteAreAnswers) {
  uint64_t push = Push();
  target_.Accept();
  for (const Step& step : Dialogue()) {
    ASSERT_TRUE(target_.Hear(step.after));
    for (uint8_t byte : step.answer) target_.Send({&byte, 1});
  }
  EXPECT_TRUE(target_.Hear("1701000000aa"));
  target_.Close();
  rig_.Ended(push);
}

TEST_F(PushConnectionTest, RefusalsAreToldInTheTargetsWords) {
  const Buffer error = Object({{"level", Text("error")}, {"code", Text("Rejected")}, {"description", Text("no")}});
  struct {
    size_t steps;
    std::string_view after;
    Buffer answer;
    std::string_view end;
  } const cases[] = {
      {1, "connect", ScriptedTarget::Command("_error", {Number(1), Null(), error}), "target_refused Rejected: no"},
      {2, "createStream", ScriptedTarget::Command("_error", {Number(4), Null(), error}), "target_refused Rejected: no"},
      {3, "publish", ScriptedTarget::Status("error", "NetStream.Publish.BadName"),
       "target_refused NetStream.Publish.BadName: why"},
      {3, "publish", ScriptedTarget::Status("error", "NetStream.Publish.Loop"),
       "forward_loop NetStream.Publish.Loop: why"},
      {4, "media", ScriptedTarget::Status("error", "NetStream.Publish.Failed", "full"),
       "target_refused NetStream.Publish.Failed: full"},
  };
  for (const auto& it : cases) {
    uint64_t push = Push();
    Follow(it.steps);
    EXPECT_TRUE(target_.Hear(it.after)) << it.end;
    target_.Send(it.answer);
    EXPECT_TRUE(target_.Hear("end"));
    target_.Close();
    EXPECT_EQ(End(push), it.end);
    target_.Reset();
  }
}

TEST_F(PushConnectionTest, ALongRefusalIsCut) {
  uint64_t push = Push();
  Follow(3);
  EXPECT_TRUE(target_.Hear("publish"));
  target_.Send(ScriptedTarget::Status("error", "Long", std::string(60'000, 'x')));
  EXPECT_EQ(End(push).size(), std::string("target_refused ").size() + 256);
}

TEST_F(PushConnectionTest, ServersThatKnowNoReleaseStreamAreNoRefusal) {
  uint64_t push = Push();
  Follow(2);
  for (double transaction : {2, 3}) {
    target_.Send(ScriptedTarget::Command("_error", {Number(transaction), Null(), Null()}));
  }
  target_.Send(ScriptedTarget::StreamCreated());
  EXPECT_TRUE(target_.Hear("publish"));
  target_.Send(ScriptedTarget::Publishing());
  EXPECT_TRUE(target_.Hear("media"));
  target_.Close();
  rig_.Ended(push);
}

TEST_F(PushConnectionTest, AStreamThatIsOverMeanwhileEndsIt) {
  uint64_t push = Push();
  Follow(3);
  EXPECT_TRUE(target_.Hear("publish"));
  rig_.Unpublish();
  target_.Send(ScriptedTarget::Publishing());
  EXPECT_TRUE(target_.Hear("deleteStream"));
  target_.Close();
  EXPECT_EQ(rig_.Ended(push).reason, Reason::kStreamNotFound);
}

// Whatever it says, the push ends with a reason, and the publisher goes on.
TEST_F(PushConnectionTest, GarbageWhereverThatIs) {
  std::mt19937 random(1);
  std::vector<Step> all = Dialogue();
  for (int round = 0; round < 300; ++round) {
    size_t steps = random() % (all.size() + 1);
    uint64_t push = Push();
    Follow(steps);
    Buffer garbage = steps < all.size() ? all[steps].answer : ScriptedTarget::Publishing();
    if (round % 3 == 0) garbage.resize(random() % 4000);
    for (size_t changes = 1 + random() % 8; changes > 0 && !garbage.empty(); --changes) {
      garbage[random() % garbage.size()] = static_cast<uint8_t>(random());
    }
    target_.Send(garbage);
    target_.Close();
    EXPECT_NE(rig_.Ended(push).reason, Reason::kNone);
    EXPECT_TRUE(rig_.IsUnharmed()) << round;
    target_.Reset();
  }
}

}  // namespace
}  // namespace weir
