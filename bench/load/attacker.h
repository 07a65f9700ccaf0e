// Attacker: one hostile connection. It sends what its kind is made of, at most kMaxBytes, and notes how the server
// ended it. Lifetime: its crew. Thread rule: its crew's thread.
#ifndef WEIR_BENCH_LOAD_ATTACKER_H_
#define WEIR_BENCH_LOAD_ATTACKER_H_

#include <memory>
#include <string_view>

#include "bench/load/error_counts.h"
#include "bench/load/samples.h"
#include "bench/load/worker.h"
#include "proto/rtmp/handshake.h"
#include "sys/fd.h"

namespace weir::load {

enum class AttackKind : uint8_t { kGarbage, kHalfHandshake, kSlow, kChunkSize, kHugeMessage, kNestedAmf };
inline constexpr std::string_view kAttackNames[] = {"garbage",    "half-handshake", "slow",
                                                    "chunk-size", "huge-message",   "nested-amf"};
inline constexpr int kAttackKinds = 6;

// What all attackers of a crew need to know and tell.
struct AttackShare {
  Crew* crew = nullptr;
  ErrorCounts ends;  // "garbage: closed by the server" and the like
  Samples life[kAttackKinds];
  uint64_t sent = 0;
  int ended = 0;
};

class Attacker : public Endpoint {
 public:
  static constexpr size_t kMaxBytes = 1024 * 1024;

  Attacker(AttackShare& share, AttackKind kind) : share_(share), kind_(kind) {}

  void Open(UniqueFd fd, Micros now);
  void OnEvents(uint32_t events, Micros now) override;
  // One byte a second of a slow one, more of an endless one.
  void OnTimer(Micros now);
  void End(std::string_view how, Micros now);

  bool is_open() const { return fd_.valid(); }

 private:
  void Begin();
  bool Receive();
  bool Flush(Micros now);
  void Refill();

  AttackShare& share_;
  const AttackKind kind_;
  UniqueFd fd_;
  std::unique_ptr<rtmp::ClientHandshake> handshake_;  // of the kinds that get so far, until it is done
  Buffer out_;
  size_t sent_ = 0;  // of out_
  size_t total_ = 0;
  bool is_connected_ = false;
  bool is_endless_ = false;
  Micros opened_ = 0;
  Micros next_byte_ = 0;
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_ATTACKER_H_
