// Player: one RTMP player: connects, joins a stream, and then takes what comes. A sampled player parses every byte for
// ever; the others parse until their first key frame and drop the rest in the kernel.
// Lifetime: its crew. Thread rule: its crew's thread.
#ifndef WEIR_BENCH_LOAD_PLAYER_H_
#define WEIR_BENCH_LOAD_PLAYER_H_

#include <memory>
#include <string>

#include "bench/load/error_counts.h"
#include "bench/load/rtmp_client.h"
#include "bench/load/stream_check.h"
#include "bench/load/worker.h"

namespace weir::load {

// What all players of a crew need to know and tell.
struct PlayerShare {
  Crew* crew = nullptr;
  bool is_sampled = false;
  Micros latency_from = 0;  // frames sent earlier do not count
  CheckTotals check;        // of sampled players
  Samples connect_time;     // from the connect call to the server's TCP accept
  Samples start_time;       // ... to Play.Start
  Samples join_time;        // ... to the first key frame
  ErrorCounts errors;       // why players ended against our will
  uint64_t lost = 0;        // those of them that had joined
};

class Player : public Endpoint, private RtmpClient::Listener {
 public:
  enum class State : uint8_t { kIdle, kConnecting, kJoining, kPlaying, kStalled, kEnded };

  explicit Player(PlayerShare& share) : share_(share) {}

  // Takes a socket that is connecting. REQUIRES: not open.
  void Open(UniqueFd fd, rtmp::ClientRequest request, Micros now);
  // Ends it from our side.
  void Close();
  // Stops reading (a slow player), and reads again.
  void Stall();
  void Resume(Micros now);

  void OnEvents(uint32_t events, Micros now) override;

  State state() const { return state_; }
  bool is_open() const { return state_ != State::kIdle && state_ != State::kEnded; }
  Micros opened() const { return opened_; }
  // Bytes and reads of the connections that it had until now.
  uint64_t bytes() const { return bytes_before_ + (client_ ? client_->received() : 0); }
  uint64_t reads() const { return reads_before_ + (client_ ? client_->reads() : 0); }
  // Ends it for a reason that is counted.
  void Fail(const std::string& problem);

 private:
  void OnStarted() override;
  void OnMedia(const rtmp::Message& message) override;
  bool Read();

  // A stream without video is joined at its audio, when no picture came for so many messages.
  static constexpr int kAudioOnlyAfter = 50;
  static constexpr int kMaxReads = 64;

  PlayerShare& share_;
  std::unique_ptr<RtmpClient> client_;
  StreamCheck check_;  // of a sampled player
  State state_ = State::kIdle;
  int messages_without_video_ = 0;
  Micros opened_ = 0;
  Micros now_ = 0;  // of the event being handled
  uint64_t bytes_before_ = 0;
  uint64_t reads_before_ = 0;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PLAYER_H_
