// StreamClient: one connection on a non-blocking socket over which a stream is received, whatever the protocol.
// Lifetime: the listener outlives it. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_STREAM_CLIENT_H_
#define WEIR_BENCH_LOAD_STREAM_CLIENT_H_

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"
#include "bench/load/media_sink.h"
#include "sys/fd.h"

namespace weir::load {

// Drops what the socket holds, at most `most` bytes, without copying it out of the kernel; returns as recv does. One
// bounded read, which by default takes more than a socket can hold: what is left would raise no new edge.
inline constexpr size_t kMaxDrain = 64 * 1024 * 1024;
ssize_t DrainSocket(int fd, size_t most = kMaxDrain);

class StreamClient {
 public:
  class Listener : public MediaSink {
   public:
    // The server has accepted the publish or play.
    virtual void OnStarted() = 0;
  };

  virtual ~StreamClient() = default;

  // Reads what is there, at most one scratch full. False if the connection is of no use any more: see problem().
  virtual bool Receive(std::span<uint8_t> scratch) = 0;
  // Counts and drops what is there; what comes later cannot be parsed any more.
  virtual bool Discard() = 0;
  virtual bool Flush();

  int fd() const { return fd_.get(); }
  size_t unsent() const { return out_.size() - sent_; }
  uint64_t received() const { return received_; }
  uint64_t reads() const { return reads_; }
  // Why it ended, as a kind of error that can be counted: "closed by the server", "refused: NetStream.Publish.BadName".
  const std::string& problem() const { return problem_; }

 protected:
  StreamClient(UniqueFd fd, Listener& listener) : listener_(listener), fd_(std::move(fd)) {}

  // True if `size` is a successful read that may be followed by another.
  bool CountRead(ssize_t size);
  bool Fail(std::string problem);

  Listener& listener_;
  Buffer out_;

 private:
  UniqueFd fd_;
  size_t sent_ = 0;  // of out_
  uint64_t received_ = 0;
  uint64_t reads_ = 0;
  std::string problem_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_STREAM_CLIENT_H_
