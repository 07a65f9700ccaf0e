// Publisher: one RTMP publisher that sends a source at the pace of its own clock, and connects again if it is told to.
// Lifetime: its crew. Thread rule: its crew's thread.
#ifndef WEIR_BENCH_LOAD_PUBLISHER_H_
#define WEIR_BENCH_LOAD_PUBLISHER_H_

#include <memory>
#include <string>

#include "bench/load/error_counts.h"
#include "bench/load/media_source.h"
#include "bench/load/rtmp_client.h"
#include "bench/load/worker.h"

namespace weir::load {

// What all publishers of a crew need to know and tell.
struct PublisherShare {
  Crew* crew = nullptr;
  uint64_t frames = 0;
  uint64_t bytes = 0;   // handed to the socket
  uint64_t starts = 0;  // accepted publishes
  Micros latest = 0;    // the longest that a frame was sent after its time
  ErrorCounts errors;
  std::string last_error;  // in full, for people
};

class Publisher : public Endpoint, private RtmpClient::Listener {
 public:
  enum class State : uint8_t { kIdle, kConnecting, kWaiting, kPublishing, kStopping, kEnded };

  explicit Publisher(PublisherShare& share) : share_(share) {}

  // Takes a connecting socket and the source of this publish.
  void Open(UniqueFd fd, rtmp::ClientRequest request, std::unique_ptr<MediaSource> source, Micros now);
  void OnEvents(uint32_t events, Micros now) override;
  // Sends what is due; returns when the next frame is.
  Micros OnTimer(Micros now);
  // Says good-bye; ended as soon as that is written.
  void Stop();
  void Fail(const std::string& problem, const std::string& description = "");
  // Ends it from our side.
  void Close();

  State state() const { return state_; }
  bool is_open() const { return client_ != nullptr; }
  Micros opened() const { return opened_; }

 private:
  // A server that does not read for so long is of no use.
  static constexpr size_t kMaxUnsent = 8 * 1024 * 1024;

  void OnStarted() override;
  void OnMedia(const rtmp::Message&) override {}
  void OnContinuityFault() override {}
  void FailByClient();

  PublisherShare& share_;
  std::unique_ptr<RtmpClient> client_;
  std::unique_ptr<MediaSource> source_;
  State state_ = State::kIdle;
  Micros opened_ = 0;
  Micros now_ = 0;    // of the event being handled
  Micros start_ = 0;  // when the source's time 0 was
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PUBLISHER_H_
