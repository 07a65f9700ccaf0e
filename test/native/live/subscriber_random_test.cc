// Whatever a client does: what it gets are whole entries in their order, private bytes between them, and a prelude
// before the first one, before each rebase and after each jump.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "test/native/live/stalled_reader.h"

namespace weir {
namespace {

using test::kKey;
using test::kRebase;
using test::kSmallBuffer;

class SubscriberRandomTest : public test::StalledReaderTest {
 protected:
  struct Written {
    int64_t dts;
    size_t size;
    bool is_rebase;
  };

  bool OneIn(unsigned n) { return random_() % n == 0; }

  void WriteSome() {
    int flags = static_cast<int>(random_() % 3) | (OneIn(12) ? kKey : 0) | (OneIn(20) ? kRebase : 0);
    size_t size = 2 + random_() % (OneIn(10) ? 90'000 : 500);
    all_.push_back({next_dts_, size, (flags & kRebase) != 0});
    Write(size, flags);
  }
  void DoSomething() {
    if (OneIn(3)) reader_->Flush();
    if (OneIn(30)) reader_->Say("hi");
    if (OneIn(30)) reader_->Pause(OneIn(2));
    if (OneIn(30)) reader_->Want(OneIn(2) ? kVideoTrack : kAudioTrack, OneIn(2));
    if (OneIn(10)) reader_->CheckLag(0, 0);
    if (OneIn(6)) Take();
  }

  // "A100 B50<120>(hi)": each entry is the next of those written with its letter and size, or a later one behind a
  // prelude.
  void Check() {
    size_t next = 0;
    bool has_prelude = false;
    int64_t prelude = 0;
    for (size_t at = 0; at < got_.size();) {
      char c = got_[at];
      if (c == ' ') {
        ++at;
      } else if (c == '(') {
        at = got_.find(')', at) + 1;
      } else if (c == '<') {
        prelude = std::stoll(got_.substr(at + 1));
        has_prelude = true;
        at = got_.find('>', at) + 1;
      } else {
        size_t length = 0;
        size_t size = std::stoul(got_.substr(at + 1), &length);
        ASSERT_NO_FATAL_FAILURE(CheckEntry(c, size, has_prelude ? prelude : -1, next));
        has_prelude = false;
        at += 1 + length;
      }
    }
  }
  void CheckEntry(char letter, size_t size, int64_t prelude, size_t& next) {
    if (prelude >= 0) {
      // It says where the reader is; that may be one that it has seen, after a pause.
      next = 0;
      while (next < all_.size() && all_[next].dts != prelude) ++next;
      // A track that is not wanted is left out behind the prelude too.
      while (next < all_.size() && !IsIt(next, letter, size)) ++next;
    } else {
      while (next < all_.size() && !IsIt(next, letter, size)) ++next;
      ASSERT_LT(next, all_.size()) << letter << size;
      ASSERT_FALSE(all_[next].is_rebase) << letter << size << " at " << all_[next].dts << " without a prelude";
    }
    ASSERT_LT(next, all_.size()) << letter << size;
    ++next;
  }
  bool IsIt(size_t i, char letter, size_t size) const {
    return static_cast<char>('A' + i % 26) == letter && all_[i].size == size;
  }

  std::mt19937 random_{7};
  std::vector<Written> all_;
  std::string got_;
};

TEST_F(SubscriberRandomTest, SendsWholeEntriesInOrderWhateverHappens) {
  Configure(400);
  for (int round = 0; round < 100; ++round) {
    Join(kSmallBuffer);
    Subscribe(OneIn(2) ? SegmentHolder::Where::kTail : SegmentHolder::Where::kNewestKey);
    for (int i = 0; i < 200; ++i) {
      WriteSome();
      DoSomething();
    }
    reader_->Pause(false);
    got_ = Everything();
    ASSERT_FALSE(reader_->closed());
    ASSERT_NO_FATAL_FAILURE(Check()) << "round " << round << "\n" << got_;
    reader_->Say("end");
    EXPECT_EQ(Everything(), "(end)");
  }
}

}  // namespace
}  // namespace weir
