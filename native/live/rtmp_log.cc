#include "live/rtmp_log.h"

#include <algorithm>

#include "media/amf0.h"
#include "proto/rtmp/chunk_writer.h"
#include "proto/rtmp/message.h"

namespace weir {
namespace {

constexpr uint32_t kTrackCsid[kTracks] = {rtmp::kCsidLogVideo, rtmp::kCsidLogAudio, rtmp::kCsidLogData};
// Design 2.2: what a delta in the log may be; an idle track gets an anchor long before.
constexpr int64_t kMaxDelta = 10'000;
constexpr int64_t kIdleAtKey = 100;  // a reader that joins there starts its clock no further than this from 0
constexpr int64_t kIdle = 5'000;
// A track that is so little behind the rebase that another one made gets delta 0 instead of a rebase of its own.
constexpr int64_t kSlack = 1'000;

}  // namespace

bool RtmpLog::Write(const MediaFrame& frame, const StreamHeaders& headers, bool changed) {
  MediaFrame placed = frame;
  bool rebase = wants_rebase_ || changed || !FollowsByDeltas(frame, headers);
  if (rebase) {
    for (int64_t& previous : previous_) previous = frame.dts;
    KeepHeaders(headers);
  } else {
    placed.dts = std::max(frame.dts, previous_[frame.track]);
    AnchorIdleTracks(placed, headers);
  }
  uint16_t flags = static_cast<uint16_t>((frame.is_key ? Entry::kKey : 0) | (rebase ? Entry::kRebase : 0));
  // If it was not appended, the deltas that follow would be wrong.
  wants_rebase_ = !Append(placed, headers, flags);
  return !wants_rebase_;
}

// Neither this frame nor an anchor that it makes necessary would have a delta out of bounds.
bool RtmpLog::FollowsByDeltas(const MediaFrame& frame, const StreamHeaders& headers) const {
  for (Track track : {kVideoTrack, kAudioTrack, kDataTrack}) {
    if (headers.active[track] && frame.dts - previous_[track] > kMaxDelta) return false;
  }
  return frame.dts - previous_[frame.track] >= -kSlack;
}

bool RtmpLog::Append(const MediaFrame& frame, const StreamHeaders& headers, uint16_t flags) {
  uint32_t csid = kTrackCsid[frame.track];
  uint8_t header[rtmp::kLogHeaderSize];
  uint8_t continuation = rtmp::LogContinuation(csid);
  rtmp::LogHeader fields{frame.type, csid, static_cast<uint32_t>(frame.dts - previous_[frame.track]),
                         static_cast<uint32_t>(frame.payload.size())};
  rtmp::WriteLogHeader(header, fields);
  parts_.clear();
  parts_.push_back({header, sizeof header});
  for (ByteView rest = frame.payload; !rest.empty();) {
    ByteView piece = rest.first(std::min<size_t>(rest.size(), headers.chunk_size));
    if (rest.size() != frame.payload.size()) parts_.push_back({&continuation, 1});
    parts_.push_back({const_cast<uint8_t*>(piece.data()), piece.size()});
    rest = rest.subspan(piece.size());
  }
  Entry entry;
  entry.dts = frame.dts;
  entry.flags = static_cast<uint16_t>(frame.track | flags);
  for (int t = 0; t < kTracks; ++t) entry.back[t] = static_cast<int32_t>(frame.dts - previous_[t]);
  if (!log().Append(parts_, rtmp::LogEntrySize(frame.payload.size(), headers.chunk_size), entry)) return false;
  previous_[frame.track] = frame.dts;
  return true;
}

// A delta in the log must stay small, whatever a track does: one that is idle gets a message that means nothing.
void RtmpLog::AnchorIdleTracks(const MediaFrame& before, const StreamHeaders& headers) {
  for (Track track : {kVideoTrack, kAudioTrack, kDataTrack}) {
    int64_t idle = before.dts - previous_[track];
    if (!headers.active[track] || idle <= (before.is_key ? kIdleAtKey : kIdle)) continue;
    MediaFrame anchor{track, rtmp::kTypeVideo, {}, false, before.dts};
    Buffer body;
    if (track == kAudioTrack) anchor.type = rtmp::kTypeAudio;
    if (track == kDataTrack) {
      // An empty data message ends ffmpeg; this one is read by nobody and known to all.
      amf0::AppendString(body, "|RtmpSampleAccess");
      amf0::AppendBoolean(body, true);
      amf0::AppendBoolean(body, true);
      anchor.type = rtmp::kTypeData;
      anchor.payload = body;
    }
    if (!Append(anchor, headers, Entry::kControl)) return;
  }
}

}  // namespace weir
