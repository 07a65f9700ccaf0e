// Player: a viewer whose stream comes over one connection: connects, joins, and then takes what comes. A sampled player
// parses every byte for ever; the others parse until their first key frame and drop the rest in the kernel.
// Lifetime: its crew. Thread rule: its crew's thread.
#ifndef WEIR_BENCH_LOAD_PLAYER_H_
#define WEIR_BENCH_LOAD_PLAYER_H_

#include <memory>

#include "bench/load/stream_client.h"
#include "bench/load/viewer.h"

namespace weir::load {

class Player : public Viewer, private StreamClient::Listener {
 public:
  Player(ViewerShare& share, int index) : Viewer(share, index) {}

  void Open(UniqueFd fd, const Url& url, Micros now) override;
  void Close() override;
  void OnEvents(uint32_t events, Micros now) override;
  void OnMeasured(Micros now) override;

  uint64_t bytes() const override { return bytes_before_ + (client_ ? client_->received() : 0); }
  uint64_t reads() const override { return reads_before_ + (client_ ? client_->reads() : 0); }

 private:
  void OnStarted() override;
  void OnMedia(const rtmp::Message& message) override;
  void OnContinuityFault() override;
  bool Read();

  // A stream without video is joined at its audio, when no picture came for so many messages.
  static constexpr int kAudioOnlyAfter = 50;
  static constexpr int kMaxReads = 64;
  // Longer than any distance of frames, and than any interval at which they are sent.
  static constexpr Micros kSilent = 3'000'000;

  std::unique_ptr<StreamClient> client_;
  StreamCheck check_;  // of a sampled player
  int messages_without_video_ = 0;
  Micros now_ = 0;  // of the event being handled
  uint64_t bytes_before_ = 0;
  uint64_t reads_before_ = 0;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_PLAYER_H_
