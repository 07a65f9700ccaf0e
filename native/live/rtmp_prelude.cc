#include "live/rtmp_prelude.h"

#include <algorithm>

#include "media/amf0.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/messages.h"

namespace weir {
namespace {

constexpr uint32_t kCsid[kTracks] = {rtmp::kCsidLogVideo, rtmp::kCsidLogAudio, rtmp::kCsidLogData};
constexpr uint8_t kType[kTracks] = {rtmp::kTypeVideo, rtmp::kTypeAudio, rtmp::kTypeData};

// The time of the last message of each track before the entry: the log's next delta counts from there.
int64_t TimeBefore(const Entry& entry, int track) { return entry.dts - entry.back[track]; }

void FixOrigin(RtmpClock& clock, const StreamHeaders& headers, const Entry& entry) {
  if (headers.is_absolute) {
    clock = {.metadata_version = clock.metadata_version, .is_set = true};
    return;
  }
  int64_t earliest = entry.dts;
  for (int t = 0; t < kTracks; ++t) {
    if (headers.active[t]) earliest = std::min(earliest, TimeBefore(entry, t));
  }
  // Also when the stream's time went back (time_jitter off): a reader's clock must not become negative.
  if (!clock.is_set || earliest < clock.origin) clock.origin = earliest;
  clock.is_set = true;
}

}  // namespace

void AppendRtmpPrelude(Buffer& out, const StreamHeaders& headers, const Entry& entry, RtmpClock& clock,
                       RtmpPrelude& prelude) {
  FixOrigin(clock, headers, entry);
  if (prelude.chunk_size != headers.chunk_size) {
    rtmp::AppendSetChunkSize(out, headers.chunk_size, prelude.chunk_size);
    prelude.chunk_size = headers.chunk_size;
  }
  auto append = [&](int track, uint8_t type, ByteView payload, uint32_t time) {
    rtmp::AppendMessage(out, {type, kCsid[track], prelude.stream_id, time, payload}, prelude.chunk_size);
  };
  auto time_of = [&](int track) { return static_cast<uint32_t>(TimeBefore(entry, track) - clock.origin); };
  auto anchor = [&](int track) {
    rtmp::AppendSampleAccess(out, kCsid[track], prelude.stream_id, time_of(track), prelude.chunk_size);
  };

  bool metadata_is_new = clock.metadata_version != headers.metadata_version && !headers.metadata.empty();
  clock.metadata_version = headers.metadata_version;
  // Metadata has time 0 (srs-behaviour 3.11); if the log goes on with data messages, an anchor fixes their clock behind
  // it.
  if (metadata_is_new) {
    Buffer metadata;
    if (prelude.publishes) amf0::AppendString(metadata, "@setDataFrame");
    Append(metadata, headers.metadata);
    append(kDataTrack, kType[kDataTrack], metadata, 0);
  }
  if (headers.active[kDataTrack]) anchor(kDataTrack);
  for (int track : {kVideoTrack, kAudioTrack}) {
    if (!headers.active[track] || !prelude.wants[track]) continue;
    bool anchored = false;
    for (const auto& config : headers.configs) {
      if (config.track != track) continue;
      append(track, kType[track], config.payload, time_of(track));
      anchored = true;
    }
    if (!anchored) anchor(track);  // codecs without a header: MP3, VP6, Sorenson
  }
}

}  // namespace weir
