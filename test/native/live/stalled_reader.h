// A reader that lags: what the tests of the subscriber share. Lifetime: of a test. Thread rule: one thread.
#ifndef WEIR_TEST_NATIVE_LIVE_STALLED_READER_H_
#define WEIR_TEST_NATIVE_LIVE_STALLED_READER_H_

#include "test/native/live/test_reader.h"

namespace weir::test {

inline constexpr int kKey = Entry::kKey;
inline constexpr int kRebase = Entry::kRebase;
// One sendfile gives a socket 64 KB, however small its buffer is. What is left may be copied for last words.
inline constexpr size_t kLarge = 100'000;
inline constexpr int kSmallBuffer = 4'000;

class StalledReaderTest : public ReaderTest {
 protected:
  void Configure(Millis queue_length) {
    StreamGrant grant;
    grant.queue_length = queue_length;
    audience_.Configure(grant);
  }
  // A reader that has got a part of a large key frame, "B100000", and takes no more.
  void StallInAnEntry() {
    Join(kSmallBuffer);
    Write(10, kKey | kRebase);
    Subscribe();
    EXPECT_EQ(Flushed(), "<0>A10");
    Write(kLarge, kKey);
    reader_->Flush();
    reader_->Flush();
    EXPECT_GT(reader_->bytes_out(), 0u);
    EXPECT_GT(reader_->Stats().lag_bytes, 0u);
    EXPECT_LT(reader_->Stats().lag_bytes, kLarge);
  }
};

}  // namespace weir::test

#endif  // WEIR_TEST_NATIVE_LIVE_STALLED_READER_H_
