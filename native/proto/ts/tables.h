// Tables: PAT and PMT of the one program, ready to be copied; a PMT that changes gets the next version.
// Lifetime: its muxer's. Thread rule: one thread at a time.
#ifndef WEIR_PROTO_TS_TABLES_H_
#define WEIR_PROTO_TS_TABLES_H_

#include "base/bytes.h"
#include "proto/ts/format.h"

namespace weir::ts {

struct AudioKind {
  StreamType type = kNoStream;
  uint8_t opus_channels = 0;  // channel_config_code of the Opus descriptor
  bool operator==(const AudioKind&) const = default;
};

// What the program has. A track that is not there is not listed: iOS and Chrome would wait for it (wire-facts 5.1).
struct Program {
  StreamType video = kNoStream;
  AudioKind audio = {};
  uint16_t pcr_pid() const { return video != kNoStream ? kVideoPid : audio.type != kNoStream ? kAudioPid : kNoPid; }
  bool operator==(const Program&) const = default;
};

class Tables {
 public:
  Tables();

  // True if the program is another one than before; its tables must then be the next thing written.
  bool Set(const Program& program);
  const Program& program() const { return program_; }
  // Appends two packets.
  void Append(Buffer& out);

 private:
  void WritePmt();

  Program program_;
  uint8_t version_ = 0;
  bool is_set_ = false;
  uint8_t continuity_ = 0;  // the same for both: they are always written together
  uint8_t packets_[2 * kPacketSize];
};

}  // namespace weir::ts

#endif  // WEIR_PROTO_TS_TABLES_H_
