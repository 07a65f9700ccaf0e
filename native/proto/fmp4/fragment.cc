#include "proto/fmp4/fragment.h"

#include <algorithm>

#include "proto/fmp4/box.h"
#include "proto/fmp4/init.h"

namespace weir::fmp4 {
namespace {

// Track fragment header and run (ISO 14496-12 8.8.7, 8.8.8).
constexpr uint32_t kBaseIsMoof = 0x020000;
constexpr uint32_t kDefaultFlags = 0x20;
constexpr uint32_t kHasOffset = 0x1;
constexpr uint32_t kHasDuration = 0x100;
constexpr uint32_t kHasSize = 0x200;
constexpr uint32_t kHasFlags = 0x400;
constexpr uint32_t kHasComposition = 0x800;
constexpr uint32_t kSyncSample = 0x02000000;  // depends on no other
constexpr uint32_t kOtherSample = 0x01010000;

// Returns where the data offset stands, which is known only when the moof is complete.
size_t AppendRun(Buffer& out, uint32_t track, const Run& run) {
  const bool is_video = track == kVideoTrackId;
  const Box traf(out, "traf");
  {
    const Box tfhd(out, "tfhd", 0, kBaseIsMoof | (is_video ? 0 : kDefaultFlags));
    AppendBe32(out, track);
    if (!is_video) AppendBe32(out, kSyncSample);
  }
  {
    const Box tfdt(out, "tfdt", 1, 0);
    AppendBe64(out, static_cast<uint64_t>(std::max<int64_t>(run.start, 0)));
  }
  const uint32_t flags = kHasOffset | kHasDuration | kHasSize;
  const Box trun(out, "trun", 1, flags | (is_video ? kHasFlags | kHasComposition : 0));
  AppendBe32(out, static_cast<uint32_t>(run.samples.size()));
  const size_t offset = out.size();
  AppendBe32(out, 0);
  for (const Sample& sample : run.samples) {
    AppendBe32(out, sample.duration);
    AppendBe32(out, sample.size);
    if (!is_video) continue;
    AppendBe32(out, sample.is_key ? kSyncSample : kOtherSample);
    AppendBe32(out, static_cast<uint32_t>(sample.composition_offset));
  }
  return offset;
}

}  // namespace

void AppendFragment(Buffer& out, const Fragment& fragment, uint32_t sequence) {
  constexpr size_t kBoxHeader = 8;
  const size_t start = out.size();
  size_t video_offset = 0;
  size_t audio_offset = 0;
  {
    const Box moof(out, "moof");
    {
      const Box mfhd(out, "mfhd", 0, 0);
      AppendBe32(out, sequence);
    }
    if (!fragment.video.empty()) video_offset = AppendRun(out, kVideoTrackId, fragment.video);
    if (!fragment.audio.empty()) audio_offset = AppendRun(out, kAudioTrackId, fragment.audio);
  }
  const size_t data = out.size() - start + kBoxHeader;
  if (video_offset != 0) StoreBe32(out.data() + video_offset, static_cast<uint32_t>(data));
  if (audio_offset != 0) StoreBe32(out.data() + audio_offset, static_cast<uint32_t>(data + fragment.video.data.size()));
  const Box mdat(out, "mdat");
  Append(out, fragment.video.data);
  Append(out, fragment.audio.data);
}

}  // namespace weir::fmp4
