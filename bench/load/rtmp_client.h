// RtmpClient: one RTMP connection that publishes or plays, on one non-blocking socket: handshake, chunks and session
// joined to a file descriptor. Lifetime: the listener outlives it. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_RTMP_CLIENT_H_
#define WEIR_BENCH_LOAD_RTMP_CLIENT_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bench/load/stream_client.h"
#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/client_session.h"
#include "proto/rtmp/handshake.h"

namespace weir::load {

class RtmpClient : public StreamClient, private rtmp::ClientSessionSink {
 public:
  // Begins with the handshake at once; Flush sends it when the socket is connected.
  RtmpClient(UniqueFd fd, rtmp::ClientRequest request, Listener& listener);

  bool Receive(std::span<uint8_t> scratch) override;
  bool Discard() override;
  void SendMedia(uint8_t type, uint32_t timestamp, ByteView payload);
  // Tells the server that we leave.
  void Stop();

  // The words of a refusal, for people.
  const std::string& description() const { return description_; }

 private:
  bool Feed(ByteView in);
  bool CountBytes(ssize_t size);

  void OnReady(uint32_t stream_id) override;
  void OnMedia(const rtmp::Message& message) override;
  void OnStatus(const rtmp::ServerStatus& status) override;
  void OnRefused(const rtmp::ServerStatus& status) override;

  rtmp::ClientRequest request_;
  std::unique_ptr<rtmp::ClientHandshake> handshake_;  // until it is done
  std::unique_ptr<rtmp::ChunkReader> reader_;         // until Discard
  rtmp::ClientSession session_;
  std::string description_;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_RTMP_CLIENT_H_
