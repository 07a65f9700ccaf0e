// Fragmenter: cuts a log into HLS fragments and their parts, as ranges whose bytes it holds, and tells of them.
// Lifetime: its log's. Thread rule: the stream's home.
#ifndef WEIR_LIVE_FRAGMENTER_H_
#define WEIR_LIVE_FRAGMENTER_H_

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "live/cutter.h"
#include "log/held_range.h"
#include "log/stream_log.h"

namespace weir {

// What is told of a stream that is cut, in its order.
class FragmentSink {
 public:
  struct Facts {
    Cutter::Piece piece;
    uint32_t init_version = 0;
    int64_t log_bytes = 0;  // memory of the log, held ranges too
  };

  // Each part comes before its fragment.
  virtual void OnPart(const Facts& facts, HeldRange range) = 0;
  virtual void OnFragment(const Facts& facts, HeldRange range) = 0;
  // The init segment of what comes from now on.
  virtual void OnInit(uint32_t version, ByteView bytes, const std::string& codecs) = 0;

 protected:
  ~FragmentSink() = default;
};

class Fragmenter {
 public:
  Fragmenter(StreamLog& log, FragmentSink& sink) : log_(log), sink_(sink) {}
  Fragmenter(const Fragmenter&) = delete;
  Fragmenter& operator=(const Fragmenter&) = delete;

  // A publish begins: it is cut from the log's tail on.
  void Begin(const HlsGrant& rules, int64_t log_memory);
  // Other rules, from the next fragment on.
  void Change(const HlsGrant& rules, int64_t log_memory);
  // What ends before this frame. If something does, the caller appends what waits, and calls Close with it.
  [[nodiscard]] Cutter::Cut Before(const Cutter::Frame& frame) { return cutter_.Before(frame, log_.tail() - begin_); }
  void Close(Cutter::Cut cut);
  // The publish ended, and all of it is in the log.
  void End();

  // After each entry that was appended, or that could not be.
  void Appended();
  void Lost() { cutter_.Break(); }
  // Of what is told from now on. REQUIRES: the fragment in the making has nothing that needs another one.
  void SetInit(uint32_t version, ByteView bytes, const std::string& codecs);

 private:
  HeldRange Hold(uint64_t from) const;
  FragmentSink::Facts FactsOf(const Cutter::Piece& piece) const { return {piece, init_version_, log_.memory()}; }

  StreamLog& log_;
  FragmentSink& sink_;
  Cutter cutter_;
  uint32_t init_version_ = 0;
  uint64_t begin_ = 0;       // of the fragment in the making
  uint64_t part_begin_ = 0;  // and of its part
  // Ascending; what the fragment in the making lies in.
  std::vector<std::shared_ptr<const Segment>> segments_;
};

}  // namespace weir

#endif  // WEIR_LIVE_FRAGMENTER_H_
