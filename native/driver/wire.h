// Wire: one RTMP client connection of an actor: socket, handshake, chunks, session; and what no well-behaved session
// does. Lifetime: its actor's; Open may be called again after the connection is gone. Thread rule: its crew's thread.
// Owner's functions may call Close, but not Open.
#ifndef WEIR_DRIVER_WIRE_H_
#define WEIR_DRIVER_WIRE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/reactor.h"
#include "proto/rtmp/chunk_reader.h"
#include "proto/rtmp/client_session.h"
#include "proto/rtmp/handshake.h"
#include "sys/tcp.h"

namespace weir::driver {

class Wire : public IoHandler, private rtmp::ClientSessionSink {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void OnStatus(std::string_view code) = 0;
    virtual void OnFrame(const rtmp::Message& message) = 0;
    // The answer to Ping.
    virtual void OnPong(uint32_t token) = 0;
    // The server has closed, reset, refused or sent nonsense. `is_fault`: it was nonsense.
    virtual void OnGone(const std::string& why, bool is_fault) = 0;
  };

  Wire(Reactor& reactor, Owner& owner) : reactor_(reactor), owner_(owner) {}
  ~Wire() override { Close(); }

  // `receive_buffer`: of the kernel; 0 as it is.
  bool Open(const SocketAddress& address, rtmp::ClientRequest request, int receive_buffer);
  void Close();
  // Close with a reset.
  void Abort();
  // Not reading: what comes stays in the kernel.
  void SetReading(bool reading);
  // What is said goes out with Flush.
  void Call(uint32_t stream_id, std::string_view name, const Buffer& arguments);
  void Ping(uint32_t token);
  void Media(uint8_t type, uint32_t timestamp, ByteView payload);
  // Media, but only the begin of it.
  void HalfMedia(uint8_t type, uint32_t timestamp, ByteView payload);
  void Raw(ByteView bytes);
  void Flush();

  bool is_open() const { return fd_.valid(); }
  bool handshaken() const { return life_ && !life_->handshake; }
  uint32_t stream_id() const { return life_->session.stream_id(); }
  size_t unsent() const { return out_.size() - sent_; }

  void OnIo(uint32_t events) override;

 private:
  struct Life {
    rtmp::ClientRequest request;
    std::optional<rtmp::ClientHandshake> handshake;
    rtmp::ChunkReader reader;
    rtmp::ClientSession session;
  };

  void Read();
  void Feed(ByteView in);
  void Gone(const std::string& why, bool is_fault);

  void OnReady(uint32_t) override {}
  void OnMedia(const rtmp::Message& message) override { owner_.OnFrame(message); }
  void OnStatus(const rtmp::ServerStatus& status) override { owner_.OnStatus(status.code); }
  void OnRefused(const rtmp::ServerStatus& status) override;

  Reactor& reactor_;
  Owner& owner_;
  UniqueFd fd_;
  std::unique_ptr<Life> life_;
  Buffer out_;
  size_t sent_ = 0;  // of out_
  bool reading_ = true;
};

}  // namespace weir::driver

#endif  // WEIR_DRIVER_WIRE_H_
