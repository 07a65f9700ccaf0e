#include "live/viewers.h"

#include <gtest/gtest.h>

#include <deque>

#include "live/engine.h"

namespace weir {
namespace {

PackedAddress Ip(uint8_t last) {
  PackedAddress address;
  address.ip[10] = address.ip[11] = 0xFF;
  address.ip[12] = 127;
  address.ip[15] = last;
  return address;
}

class ViewersTest : public testing::Test {
 protected:
  uint64_t Open(bool ask, Millis grant = 10'000, Millis idle = 10'000) {
    return view_ = viewers_.Open({"v", "live", "s"}, {.ask = ask, .grant = grant, .idle = idle});
  }
  std::string Ask(bool is_piece, std::string_view query, uint8_t ip) {
    Viewers::Who who{view_, query, Ip(ip), now_};
    waiters_.emplace_back(shard_, ++connection_);
    // As a connection does: first without a place to wait.
    Waiter* waiter = nullptr;
    Viewers::Answer answer;
    do {
      answer = is_piece ? viewers_.AskForPiece(who, waiter) : viewers_.AskForList(who, waiter);
    } while (answer.kind == Viewers::Answer::Kind::kWait && std::exchange(waiter, &waiters_.back()) == nullptr);
    switch (answer.kind) {
      case Viewers::Answer::Kind::kYes:
        return "yes";
      case Viewers::Answer::Kind::kNo:
        return ReasonName(answer.reason);
      case Viewers::Answer::Kind::kWait:
        return "wait";
      case Viewers::Answer::Kind::kAsk:
        about_ = answer.query;
        return answer.again ? "ask again" : "ask";
    }
    return "?";
  }
  std::string List(std::string_view query = "", uint8_t ip = 1) { return Ask(false, query, ip); }
  std::string Piece(uint8_t ip = 1) { return Ask(true, "", ip); }
  bool Decide(uint64_t connection, Reason refusal = Reason::kNone) {
    return viewers_.Decide(connection, refusal, now_, wakeups_);
  }
  // Whom the last question is about.
  const std::string& about() const { return about_; }
  // The last connection that asked.
  uint64_t asker() const { return connection_; }
  bool Waits(uint64_t connection) { return waiters_[connection - 1].linked(); }
  uint64_t Watching() {
    uint64_t sum = 0;
    viewers_.Count([&](const StreamKey&, uint64_t viewers) { sum += viewers; });
    return sum;
  }
  std::string Sweep() {
    std::vector<Event> events;
    viewers_.Sweep(now_, wakeups_, events);
    return Show(events);
  }
  static std::string Show(const std::vector<Event>& events) {
    std::string text;
    for (const Event& event : events) text += event.key.stream + " " + event.ip + " " + event.query + "\n";
    return text;
  }

  Engine engine_{EngineOptions{}, [] {}};
  Shard shard_{engine_, 0};
  Millis now_ = 1'000'000;
  Viewers viewers_{30'000};
  Wakeups wakeups_;
  uint64_t view_ = 0;
  uint64_t connection_ = 0;
  std::string about_;
  std::deque<Waiter> waiters_;
};

TEST_F(ViewersTest, OneQuestionForAViewer) {
  Open(true);
  EXPECT_EQ(List("t=1"), "ask");
  uint64_t asked = asker();
  EXPECT_EQ(List("t=1"), "wait");  // another connection of his
  EXPECT_TRUE(Waits(asked) && Waits(asker()));
  EXPECT_TRUE(Decide(asked));
  EXPECT_FALSE(Waits(asked) || Waits(asker()));
  EXPECT_EQ(List("t=1"), "yes");
  EXPECT_EQ(Watching(), 1u);
  EXPECT_FALSE(Decide(asked)) << "answered already";
}

TEST_F(ViewersTest, AnotherQueryOrAddressIsAnotherViewer) {
  Open(true);
  EXPECT_EQ(List("t=1"), "ask");
  Decide(asker());
  EXPECT_EQ(List("t=2"), "ask");
  EXPECT_EQ(List("t=1", 2), "ask");
  EXPECT_EQ(List("t=1"), "yes");
}

TEST_F(ViewersTest, NoPieceWithoutAVerdict) {
  Open(true);
  EXPECT_EQ(Piece(), "not_a_viewer");
  EXPECT_EQ(List(), "ask");
  EXPECT_EQ(Piece(), "not_a_viewer") << "nobody has answered";
  Decide(asker() - 1);
  EXPECT_EQ(Piece(), "yes");
  EXPECT_EQ(Piece(2), "not_a_viewer") << "another address";
}

TEST_F(ViewersTest, PiecesOfWhatWasMadeOfAStreamAreForItsViewers) {
  uint64_t source = Open(true);
  uint64_t made = Open(true);
  EXPECT_TRUE(viewers_.Follow(made, source));
  EXPECT_EQ(Piece(), "not_a_viewer");
  view_ = source;
  EXPECT_EQ(List("t=1"), "ask");
  Decide(asker());
  view_ = made;
  EXPECT_EQ(Piece(), "yes");
  EXPECT_EQ(Piece(2), "not_a_viewer") << "another address";
  EXPECT_EQ(List("t=1"), "ask") << "a list by its own name is asked for as ever";
  EXPECT_EQ(Watching(), 1u);

  now_ += 10'001;
  EXPECT_EQ(Piece(), "ask again");
  EXPECT_EQ(about(), "t=1");
  view_ = source;
  EXPECT_EQ(Piece(), "wait") << "it is the question of the source";
  Decide(asker() - 1, Reason::kRejected);
  view_ = made;
  EXPECT_EQ(Piece(), "not_a_viewer");
}

TEST_F(ViewersTest, NobodyFollowsAViewThatIsGoneOrAsksNobody) {
  uint64_t source = Open(true);
  EXPECT_EQ(List(), "ask");
  Decide(asker());
  uint64_t open_to_all = Open(false);
  uint64_t made = Open(true);
  EXPECT_TRUE(viewers_.Follow(made, source));
  EXPECT_EQ(Piece(), "yes");
  std::vector<Event> events;
  viewers_.Close(source, wakeups_, events);
  EXPECT_EQ(Piece(), "not_a_viewer");
  EXPECT_TRUE(viewers_.Follow(made, open_to_all));
  EXPECT_EQ(Piece(), "not_a_viewer");
  viewers_.Close(made, wakeups_, events);
  EXPECT_FALSE(viewers_.Follow(made, open_to_all));
}

TEST_F(ViewersTest, ARefusalIsKeptToo) {
  Open(true);
  EXPECT_EQ(List(), "ask");
  Decide(asker(), Reason::kRejected);
  EXPECT_EQ(List(), "rejected");
  EXPECT_EQ(Piece(), "not_a_viewer");
  EXPECT_EQ(Watching(), 0u);
  now_ += 9'999;
  EXPECT_EQ(List(), "rejected");
  now_ += 1;
  EXPECT_EQ(List(), "ask");
}

TEST_F(ViewersTest, AVerdictEndsAndTheNextRequestAsksAgain) {
  Open(true, 10'000);
  List();
  Decide(asker());
  now_ += 9'999;
  EXPECT_EQ(List(), "yes");
  EXPECT_EQ(Piece(), "yes");
  now_ += 1;
  EXPECT_EQ(List(), "ask again");
  uint64_t asked = asker();
  EXPECT_EQ(Piece(), "wait") << "he had a verdict: his next piece waits for the new one";
  Decide(asked, Reason::kRejected);
  EXPECT_EQ(List(), "rejected");
  EXPECT_EQ(Piece(), "not_a_viewer");
  EXPECT_EQ(Watching(), 0u);
}

TEST_F(ViewersTest, APieceAsksAgainToo) {
  Open(true, 10'000, 60'000);
  List("t=1");
  EXPECT_EQ(about(), "t=1");
  Decide(asker());
  now_ += 10'000;
  EXPECT_EQ(Piece(), "ask again");
  EXPECT_EQ(about(), "t=1") << "the viewer's query, which a piece has not";
  Decide(asker());
  EXPECT_EQ(Piece(), "yes");
  EXPECT_EQ(List("t=1"), "yes");
}

TEST_F(ViewersTest, OneViewerBehindAnAddressIsRevokedAndTheOtherGoesOn) {
  Open(true, 10'000);
  List("a");
  Decide(asker());
  now_ += 5'000;
  List("b");
  Decide(asker());
  now_ += 5'000;
  EXPECT_EQ(List("a"), "ask again");
  Decide(asker(), Reason::kRejected);
  EXPECT_EQ(Piece(), "yes") << "of b";
  EXPECT_EQ(List("b"), "yes");
}

TEST_F(ViewersTest, WhoIsGoneIsReportedOnce) {
  Open(true, 10'000, 20'000);
  List("t=1");
  Decide(asker());
  now_ += 15'000;
  List("t=2");
  Decide(asker());
  EXPECT_EQ(Sweep(), "");
  now_ += 5'000;
  EXPECT_EQ(Sweep(), "s 127.0.0.1 t=1\n");
  EXPECT_EQ(Watching(), 1u);
  now_ += 15'000;
  EXPECT_EQ(Sweep(), "s 127.0.0.1 t=2\n");
  EXPECT_EQ(Watching(), 0u);
  now_ += 60'000;
  EXPECT_EQ(Sweep(), "");
  EXPECT_EQ(Piece(), "not_a_viewer");
}

TEST_F(ViewersTest, AQuestionThatNobodyAnswersIsRefusedForAMoment) {
  Open(true);
  List();
  uint64_t asked = asker();
  now_ += 29'000;
  Sweep();
  EXPECT_TRUE(Waits(asked));
  now_ += 1'000;
  Sweep();
  EXPECT_FALSE(Waits(asked));
  EXPECT_EQ(List(), "decision_timeout");
  now_ += 1'000;
  EXPECT_EQ(List(), "ask");
}

TEST_F(ViewersTest, WithoutAQuestionViewersAreOnlyCounted) {
  Open(false);
  EXPECT_EQ(List(), "yes");
  EXPECT_EQ(List(), "yes");
  EXPECT_EQ(List("", 2), "yes");
  EXPECT_EQ(Piece(3), "yes");
  EXPECT_EQ(Watching(), 2u);
  now_ += 10'000;
  EXPECT_EQ(Sweep(), "") << "nobody was asked about them";
  EXPECT_EQ(Watching(), 0u);
}

TEST_F(ViewersTest, OneAddressDoesNotFillTheTable) {
  Open(true);
  for (uint32_t i = 0; i < Viewers::kMaxOfAddress; ++i) ASSERT_EQ(List(std::to_string(i)), "ask");
  EXPECT_EQ(List("more"), "too_many_viewers");
  EXPECT_EQ(List("more", 2), "ask");
  EXPECT_EQ(List("5"), "wait");
}

TEST_F(ViewersTest, TheTableHasABound) {
  Open(true);
  std::string query(8000, 'q');
  std::string answer;
  int viewers = 0;
  for (uint8_t ip = 1; ip < 255 && answer != "too_many_viewers"; ++ip) {
    for (int i = 0; i < 100 && answer != "too_many_viewers"; ++i, ++viewers)
      answer = List(query + std::to_string(i), ip);
  }
  EXPECT_EQ(answer, "too_many_viewers");
  EXPECT_LT(viewers, 9000);
  // Without an answer they are forgotten, and there is room again.
  now_ += 31'000;
  Sweep();
  now_ += 2'000;
  Sweep();
  EXPECT_EQ(List(query), "ask");
  // Who need not ask is served all the same.
  for (uint8_t ip = 1; ip < 255; ++ip) {
    for (int i = 0; i < 40; ++i) List(query + std::to_string(i), ip);
  }
  Open(false);
  EXPECT_EQ(List(query), "yes");
}

TEST_F(ViewersTest, ClosingAViewWakesAndReports) {
  Open(true);
  List("in");
  Decide(asker());
  List("asking");
  uint64_t asked = asker();
  std::vector<Event> events;
  EXPECT_TRUE(viewers_.Close(view_, wakeups_, events));
  EXPECT_EQ(Show(events), "s 127.0.0.1 in\n");
  EXPECT_FALSE(Waits(asked));
  EXPECT_FALSE(Decide(asked));
  EXPECT_EQ(viewers_.KeyOf(view_), nullptr);
  EXPECT_FALSE(viewers_.Close(view_, wakeups_, events));
}

}  // namespace
}  // namespace weir
