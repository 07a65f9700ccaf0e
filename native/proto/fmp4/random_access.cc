#include "proto/fmp4/random_access.h"

#include <algorithm>
#include <string_view>

#include "media/frame.h"
#include "proto/fmp4/box.h"
#include "proto/fmp4/init.h"
#include "proto/fmp4/track_config.h"

namespace weir::fmp4 {
namespace {

// ISO 14496-12, 8.2.2: type, version and flags, creation and modification time, time scale, duration.
constexpr size_t kDurationInHeader = 4 + 4 + 8 + 4;

}  // namespace

void RandomAccess::Cut(uint64_t file_size) {
  while (!entries_.empty() && entries_.back().position >= file_size) entries_.pop_back();
}

void RandomAccess::Append(Buffer& out) const {
  if (entries_.empty()) return;
  const size_t from = out.size();
  const Box mfra(out, "mfra");
  {
    const Box tfra(out, "tfra", 1, 0);
    AppendBe32(out, kVideoTrackId);
    AppendBe32(out, 0);  // numbers of traf, trun and sample: a byte each
    AppendBe32(out, static_cast<uint32_t>(entries_.size()));
    for (const Entry& entry : entries_) {
      AppendBe64(out, static_cast<uint64_t>(entry.millis) * (kVideoTimescale / 1000));
      AppendBe64(out, entry.position);
      weir::Append(out, "\1\1\1");
    }
  }
  const Box mfro(out, "mfro", 0, 0);
  AppendBe32(out, static_cast<uint32_t>(out.size() + 4 - from));
}

size_t DurationOffset(ByteView init) {
  constexpr std::string_view kName = "mvhd";
  const auto found = std::search(init.begin(), init.end(), kName.begin(), kName.end());
  const size_t at = static_cast<size_t>(found - init.begin()) + kDurationInHeader;
  return found == init.end() || at + 4 > init.size() ? 0 : at;
}

bool ReadTopBox(const uint8_t* in, TopBox& box) {
  box = {LoadBe32(in + 4), LoadBe32(in)};
  for (const uint32_t known : {FourCc("ftyp"), FourCc("moov"), FourCc("moof"), FourCc("mdat"), FourCc("mfra")}) {
    if (box.type == known) return box.size >= kBoxHeader;
  }
  return false;
}

}  // namespace weir::fmp4
