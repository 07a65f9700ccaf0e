// RtmpClient: one RTMP connection that publishes or plays, on one non-blocking socket: handshake, chunks and session
// joined to a file descriptor. Lifetime: the listener outlives it. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_RTMP_CLIENT_H_
#define WEIR_BENCH_LOAD_RTMP_CLIENT_H_

#include <sys/types.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/client_session.h"
#include "proto/rtmp/handshake.h"
#include "sys/fd.h"

namespace weir::load {

// Drops what the socket holds without copying it out of the kernel; returns as recv does. One bounded read, which takes
// more than a socket can hold: what is left would raise no new edge.
ssize_t DrainSocket(int fd);

class RtmpClient : private rtmp::ClientSessionSink {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // The server has accepted the publish or play.
    virtual void OnStarted() = 0;
    virtual void OnMedia(const rtmp::Message& message) = 0;
  };

  // Begins with the handshake at once; Flush sends it when the socket is connected.
  RtmpClient(UniqueFd fd, rtmp::ClientRequest request, Listener& listener);

  // Reads what is there, at most one scratch full. False if the connection is of no use any more: see problem().
  bool Receive(std::span<uint8_t> scratch);
  // Counts and drops what is there; what comes later cannot be parsed any more.
  bool Discard();
  bool Flush();
  void SendMedia(uint8_t type, uint32_t timestamp, ByteView payload);
  // Tells the server that we leave.
  void Stop();

  int fd() const { return fd_.get(); }
  size_t unsent() const { return out_.size() - sent_; }
  uint64_t received() const { return received_; }
  uint64_t reads() const { return reads_; }
  // Why it ended, as a kind of error that can be counted: "closed by the server", "refused: NetStream.Publish.BadName".
  const std::string& problem() const { return problem_; }
  // The words of a refusal, for people.
  const std::string& description() const { return description_; }

 private:
  bool Feed(ByteView in);
  bool CountRead(ssize_t size);
  bool Fail(std::string problem);

  void OnReady(uint32_t stream_id) override;
  void OnMedia(const rtmp::Message& message) override;
  void OnStatus(const rtmp::ServerStatus& status) override;
  void OnRefused(const rtmp::ServerStatus& status) override;

  UniqueFd fd_;
  Listener& listener_;
  rtmp::ClientRequest request_;
  std::unique_ptr<rtmp::ClientHandshake> handshake_;  // until it is done
  std::unique_ptr<rtmp::ChunkReader> reader_;         // until Discard
  rtmp::ClientSession session_;
  Buffer out_;
  size_t sent_ = 0;  // of out_
  uint64_t received_ = 0;
  uint64_t reads_ = 0;
  std::string problem_;
  std::string description_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_RTMP_CLIENT_H_
