// TsReader: takes a transport stream apart (H.222.0) and proves it on the way: every packet has its sync byte, no
// packet of a track is missing by its counter, tables come before media and have their checksum, every PES is whole.
// What the tracks carry comes out as FLV-shaped messages (ts_frames.h), so that the same check reads every protocol.
// Sans-IO, resumable at any byte. Lifetime: one per sampled viewer. Thread rule: one thread.
#ifndef WEIR_BENCH_LOAD_TS_READER_H_
#define WEIR_BENCH_LOAD_TS_READER_H_

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "bench/load/ts_frames.h"
#include "proto/ts/format.h"

namespace weir::load {

class TsReader {
 public:
  // False for good: problem() says why.
  [[nodiscard]] bool Read(ByteView in, MediaSink& sink);
  // Everything that was begun must be whole here (the end of a fragment), and what follows begins with tables.
  [[nodiscard]] bool EndPiece(MediaSink& sink);
  // What follows has nothing to do with what came before.
  void Restart() { *this = TsReader(); }

  const char* problem() const { return problem_; }

 private:
  struct Track {
    uint16_t pid = 0;
    uint8_t stream_type = 0;
    bool has_counter = false;
    uint8_t counter = 0;
    bool is_open = false;  // a PES has begun
    Buffer pes = {};
  };

  // Adaptation field and payload of a packet.
  struct Content {
    ByteView payload;
    bool is_discontinuity = false;
  };

  bool ReadPacket(ByteView packet, MediaSink& sink);
  bool Split(ByteView packet, Content& content);
  void Count(Track& track, ByteView packet, const Content& content, MediaSink& sink);
  bool ReadTable(ByteView payload, uint8_t table_id, ByteView& body);
  bool ReadPat(ByteView payload);
  bool ReadPmt(ByteView payload);
  bool ReadMedia(Track& track, bool is_start, ByteView payload, MediaSink& sink);
  bool FinishPes(Track& track, MediaSink& sink);
  Track* Find(uint16_t pid);
  bool Break(const char* problem);

  static constexpr size_t kMaxTracks = 8;  // PAT, PMT and what the PMT lists
  static constexpr size_t kMaxPes = 16 * 1024 * 1024;

  uint8_t packet_[ts::kPacketSize];  // one that is not whole yet
  size_t have_ = 0;                  // of it
  std::vector<Track> tracks_ = {Track{.pid = ts::kPatPid}};
  uint16_t pmt_pid_ = ts::kNoPid;
  bool has_tables_ = false;  // in this piece
  TsFrames frames_;
  const char* problem_ = "";
};

}  // namespace weir::load

#endif  // WEIR_BENCH_LOAD_TS_READER_H_
