// Packetizer: cuts PES packets of one PID into transport packets. Its counter runs on as long as it lives.
// Lifetime: its muxer's. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_TS_PACKETIZER_H_
#define WEIR_PROTO_TS_PACKETIZER_H_

#include <optional>
#include <span>

#include "base/bytes.h"
#include "proto/ts/format.h"

namespace weir::ts {

struct Pcr {
  Ticks value = 0;
  bool is_discontinuity = false;  // the clock does not go on from the last value
};

// Times are as written, only not yet wrapped.
struct Pes {
  uint8_t stream_id = 0;
  Ticks pts = 0;
  Ticks dts = 0;  // written if it is not the PTS
  bool is_random_access = false;
  std::optional<Pcr> pcr = {};
};

class Packetizer {
 public:
  explicit Packetizer(uint16_t pid) : pid_(pid) {}

  // The pieces one after another are the payload, `size` bytes in all; a piece may be empty. A video PES that is too
  // long for its length field gets length 0 (H.222.0 2.4.3.7). REQUIRES: size < 65500 for anything but video.
  void AppendPes(const Pes& pes, std::span<const ByteView> pieces, size_t size, Buffer& out);
  // A packet with nothing but the clock: it doesn't count.
  void AppendPcr(const Pcr& pcr, Buffer& out);

 private:
  uint8_t* BeginPacket(uint8_t* packet, bool is_start, ByteView field, size_t payload);

  const uint16_t pid_;
  uint8_t continuity_ = 0;
};

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_PACKETIZER_H_
