// ResponseReader: reads HTTP/1.1 responses of a server, one after the other, as a viewer needs them: status, some
// headers, and the body in pieces, whether it is counted, chunked, or ends with the connection. Sans-IO, resumable at
// any byte. Lifetime: body() is valid until the memory of `in` goes. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_HTTP_RESPONSE_H_
#define WEIR_BENCH_LOAD_HTTP_RESPONSE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace weir::load {

class ResponseReader {
 public:
  enum class Step { kHead, kBody, kEnd, kMore, kBroken };

  static constexpr size_t kMaxHead = 16 * 1024;

  // Consumes from the front of `in`. kHead: status() and the rest are there; behind a 101 the bytes are no HTTP any
  // more. kBody: body() is a piece of it. kEnd: the response is whole, the next call begins another. kMore: all of `in`
  // is consumed. kBroken: for good.
  [[nodiscard]] Step Next(ByteView& in);

  int status() const { return status_; }
  // Empty if it was not sent. `name` in lower case; only the newest head is kept.
  std::string_view Header(std::string_view name) const;
  bool keeps_alive() const { return keeps_alive_; }
  ByteView body() const { return body_; }
  // Of a counted body: what has not been consumed yet. Skip says that so many bytes were taken elsewhere.
  uint64_t counted_left() const { return state_ == State::kCounted ? left_ : 0; }
  void Skip(uint64_t bytes) { left_ -= bytes; }
  // Whether nothing of a response has been read yet.
  bool is_idle() const { return state_ == State::kHead && (head_.empty() || head_.ends_with("\r\n\r\n")); }
  // Whether the end of the connection is the end of the response.
  bool ends_with_connection() const { return state_ == State::kUntilClose; }
  const char* problem() const { return problem_; }

 private:
  enum class State : uint8_t { kHead, kCounted, kUntilClose, kChunkSize, kChunk, kChunkEnd, kTrailer, kBroken };

  Step ReadHead(ByteView& in);
  bool ParseHead();
  bool ChooseBody();
  Step ReadCounted(ByteView& in);
  Step ReadChunked(ByteView& in);
  bool TakeLine(ByteView& in);
  bool OpenChunk();
  Step Finish();
  Step Break(const char* problem);

  State state_ = State::kHead;
  std::string head_;  // until it is whole, and then for Header
  std::string line_;  // of the chunked coding
  int status_ = 0;
  bool keeps_alive_ = false;
  uint64_t left_ = 0;  // of the counted body or the chunk
  ByteView body_;
  const char* problem_ = "";
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_HTTP_RESPONSE_H_
