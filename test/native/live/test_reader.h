// A subscriber without a protocol, on one end of a socket pair; the test reads the other end. What it got is shown as
// text: each entry is one letter, repeated: "A100 B50"; "<120>" is the prelude before the entry at time 120, "(hi)" are
// private bytes. Nothing runs by itself: the test flushes and sweeps. Lifetime: of a test. Thread rule: one thread; the
// shard's reactor is never started.
#ifndef WEIR_TEST_NATIVE_LIVE_TEST_READER_H_
#define WEIR_TEST_NATIVE_LIVE_TEST_READER_H_

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>

#include "live/engine.h"
#include "live/subscriber.h"

namespace weir::test {

// A log whose entries the test writes itself.
class RawLog : public FormatLog {
 public:
  using FormatLog::FormatLog;
  bool Write(const MediaFrame&, const StreamHeaders&, bool) override { return false; }
};

class TestReader : public Subscriber {
 public:
  TestReader(Shard& shard, UniqueFd fd) : Subscriber(shard, std::move(fd), 0) {}

  using Subscriber::CheckLag;
  using Subscriber::FinishEntryPrivately;
  using Subscriber::Pause;
  using Subscriber::Subscribe;
  using Subscriber::Unsubscribe;
  using Subscriber::Want;

  void Say(const std::string& text) {
    Speak([&](Buffer& out) { Append(out, "(" + text + ")"); });
  }
  ConnectionStats Stats() const {
    ConnectionStats stats;
    Subscriber::Collect(stats, 0);
    return stats;
  }

  bool Decide(const Decision&) override { return false; }
  void SayGoodbye(Reason reason) override {
    if (!FinishEntryPrivately()) return Close(reason);
    AddPrivate(AsBytes("(bye)"));
    CloseAfterOutput(reason);
  }
  bool announced() const override { return true; }

 private:
  void OnBytes(ByteView) override {}
  void OnClosing(Reason) override { Unsubscribe(); }
  void WritePrelude(const Entry& entry) override { Append(outbox(), "<" + std::to_string(entry.dts) + ">"); }
  int64_t EndsAt(const Entry&) override { return 0; }
  void OnEnd() override {}
};

class ReaderTest : public testing::Test {
 protected:
  ReaderTest() { Join(); }
  ~ReaderTest() override {
    if (!reader_->closed()) reader_->Close(Reason::kShutdown);
  }

  // Another socket pair with another reader.
  void Join(int send_buffer = 0) {
    if (reader_ != nullptr && !reader_->closed()) reader_->Close(Reason::kShutdown);
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    if (send_buffer > 0) setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    peer_ = UniqueFd(ends[1]);
    reader_ = new TestReader(shard_, UniqueFd(ends[0]));
  }
  void Subscribe(SegmentHolder::Where where = SegmentHolder::Where::kNewestKey) {
    reader_->Subscribe(audience_, where);
  }

  // The next letter, `size` times, 40 ms after the last one.
  void Write(size_t size, int flags = 0) { WriteAt(next_dts_, size, flags); }
  void WriteAt(int64_t dts, size_t size, int flags = 0) {
    std::string bytes(size, static_cast<char>('A' + written_++ % 26));
    iovec part{bytes.data(), size};
    Entry entry;
    entry.dts = dts;
    entry.flags = static_cast<uint16_t>(flags);
    ASSERT_TRUE(format_.log().Append({&part, 1}, size, entry));
    next_dts_ = dts + 40;
  }

  // What has come since the last call, after a flush.
  std::string Flushed() {
    if (!reader_->closed()) reader_->Flush();
    return Received();
  }
  // Reads as a client does that is fast now.
  std::string Everything() {
    uint64_t before;
    do {
      before = reader_->bytes_out() + text_.size();
      if (!reader_->closed()) reader_->Flush();
      Take();
    } while (reader_->bytes_out() + text_.size() != before);
    return Received();
  }
  std::string Received() {
    Take();
    return Shorten(std::exchange(text_, {}));
  }
  void Take() {
    char bytes[4096];
    ssize_t n;
    while ((n = recv(peer_.get(), bytes, sizeof bytes, 0)) > 0) text_.append(bytes, static_cast<size_t>(n));
  }

  static std::string Shorten(const std::string& text) {
    std::string shown;
    for (size_t i = 0; i < text.size();) {
      size_t end = i + 1;
      bool is_entry = text[i] >= 'A' && text[i] <= 'Z';
      while (is_entry && end < text.size() && text[end] == text[i]) ++end;
      if (is_entry && !shown.empty() && shown.back() >= '0' && shown.back() <= '9') shown += ' ';
      shown += text[i];
      if (is_entry) shown += std::to_string(end - i);
      i = end;
    }
    return shown;
  }

  Engine engine_{EngineOptions{}, [] {}};
  Shard shard_{engine_, 0};
  MemoryBudget budget_{int64_t{1} << 40};
  std::shared_ptr<Stream> stream_ = std::make_shared<Stream>(StreamKey{"v", "a", "s"}, shard_, budget_, "weir");
  RawLog format_{budget_};
  Audience audience_{*stream_, format_, shard_};
  TestReader* reader_ = nullptr;  // the shard's reactor frees it in the end
  UniqueFd peer_;
  std::string text_;
  int written_ = 0;
  int64_t next_dts_ = 0;
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_TEST_READER_H_
