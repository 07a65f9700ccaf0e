// Stamps: what the driver's publishers write into every frame, so that a player can tell which one it got, whether it
// is whole, and which headers it should have got before. A frame's bytes follow from its stamp alone: two players that
// accept the same stamp have received the same bytes. Lifetime: plain values. Thread rule: pure functions.
#ifndef WEIR_DRIVER_STAMP_H_
#define WEIR_DRIVER_STAMP_H_

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "log/entry.h"

namespace weir::driver {

// Versions of what a publisher has announced so far.
struct Announced {
  uint16_t config[2] = {};  // decoder configuration, by track
  uint16_t metadata = 0;

  bool operator==(const Announced&) const = default;
};

struct Stamp {
  uint32_t stream = 0;
  uint32_t epoch = 0;   // of the stream: counts its publishes
  uint32_t run = 0;     // of the epoch: counts the jumps of its clock
  uint32_t number = 0;  // of the epoch and track
  uint32_t raw = 0;     // the timestamp that it was sent with
  Track track = kVideoTrack;
  bool is_key = false;
  Announced announced;
};

// A frame with `filler` more bytes.
void AppendFrame(Buffer& out, const Stamp& stamp, size_t filler);
// False unless every byte is as AppendFrame wrote it.
[[nodiscard]] bool ReadFrame(ByteView payload, Track track, Stamp& stamp);

// A decoder configuration of that track and version; `stamp` gives stream and epoch.
void AppendConfig(Buffer& out, const Stamp& stamp, Track track, uint16_t version);
struct Config {
  uint32_t stream = 0;
  uint32_t epoch = 0;
  uint16_t version = 0;
};
[[nodiscard]] bool ReadConfig(ByteView payload, Track track, Config& config);
bool IsConfig(ByteView payload);

// onMetaData and onTextData, as an encoder sends them.
void AppendMetadata(Buffer& out, const Stamp& stamp, uint16_t version);
[[nodiscard]] bool ReadMetadata(ByteView payload, Config& metadata);
void AppendText(Buffer& out, const Stamp& stamp, uint32_t number);
// Of onTextData: its version is the number, cut to 16 bits.
[[nodiscard]] bool ReadText(ByteView payload, Config& text);

}  // namespace weir::driver

#endif  // WEIR_DRIVER_STAMP_H_
