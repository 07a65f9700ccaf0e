#include "live/fmp4_log.h"

namespace weir {

bool Fmp4Log::WriteFrame(const ContainerFrame&, int64_t, Cut cut) {
  if (cut != Cut::kNone) muxer_.Cut();
  // Appends what came before the frame.
  const bool appended = Append(muxer_.WriteFrame(piece_));
  Close(cut);
  return appended;
}

bool Fmp4Log::Flush() { return Append(muxer_.Flush(piece_)); }

bool Fmp4Log::Append(const fmp4::Written& written) {
  if (!written.has_fragment) return true;
  if (is_cut() && told_version_ != written.init_version) {
    // The fragment in the making has nothing yet: it was cut where another init segment became necessary.
    told_version_ = written.init_version;
    fragmenter().SetInit(told_version_, muxer_.init(), muxer_.codecs());
  }
  Entry entry;
  entry.dts = written.dts;
  const Track track = written.has_video ? kVideoTrack : kAudioTrack;
  entry.flags = static_cast<uint16_t>(track | (written.is_joinable ? Entry::kKey : 0));
  const bool appended = AppendEntry(piece_, entry);
  piece_.clear();
  return appended;
}

}  // namespace weir
