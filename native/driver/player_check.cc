#include "driver/player_check.h"

#include <algorithm>

namespace weir::driver {
namespace {

// Where a reader's clock may begin: at a key frame idle tracks are anchored; elsewhere five seconds may have passed and
// one more step, or what the log takes for a step where the publisher's clock may jump.
constexpr uint32_t kBeginAtKey = 200;
constexpr uint32_t kBeginAnywhere = 5'600;
constexpr uint32_t kBeginWithJump = 10'200;

std::string Show(const Stamp& stamp) {
  return std::string(stamp.track == kVideoTrack ? "video" : "audio") + " frame " + std::to_string(stamp.number) +
         " of epoch " + std::to_string(stamp.epoch);
}

}  // namespace

void PlayerCheck::Fail(const std::string& what) {
  world_.verdict.Fail(who_ + " on stream " + std::to_string(stream_) + ": " + what);
}

void PlayerCheck::Begin(uint32_t stream) {
  stream_ = stream;
  epoch_ = 0;
  has_clock_ = has_begun_ = false;
  may_get_media_ = true;
  for (TrackState& track : tracks_) track = TrackState();
  if (plan().begins_with_key) tracks_[kVideoTrack].needs_key = "the join";
  metadata_ = Config();
  text_ = 0;
}

void PlayerCheck::Unpaused() {
  may_get_media_ = true;
  for (TrackState& track : tracks_) {
    track.has_time = track.has_run = false;
    if (track.gap == Gap::kNone) track.gap = Gap::kOnce;
    if (track.number >= 0) track.before_pause = track.number;
    track.number = -1;
  }
  if (plan().begins_with_key) tracks_[kVideoTrack].needs_key = "the pause";
}

void PlayerCheck::TrackOn(Track track) {
  tracks_[track].gap = Gap::kOnce;
  if (track == kVideoTrack) tracks_[track].needs_key = "its return";
}

void PlayerCheck::OnMedia(const rtmp::Message& message) {
  if (message.type == rtmp::kTypeData) return OnData(message.payload);
  if (message.type != rtmp::kTypeVideo && message.type != rtmp::kTypeAudio) return;
  Track track = message.type == rtmp::kTypeVideo ? kVideoTrack : kAudioTrack;
  if (!may_get_media_) return Fail("media while it is paused");
  CheckTime(track, message.timestamp);
  if (!has_clock_) CheckBegin(track, message.timestamp);
  has_clock_ = true;
  if (message.payload.empty()) return;  // says the time only
  if (IsConfig(message.payload)) return OnConfig(track, message.payload, message.timestamp);
  Stamp stamp;
  if (!ReadFrame(message.payload, track, stamp))
    return Fail("a frame of " + std::to_string(message.payload.size()) + " bytes is not whole");
  OnFrame(stamp, message.timestamp);
}

void PlayerCheck::OnConfig(Track track, ByteView payload, uint32_t time) {
  Config& config = tracks_[track].config;
  tracks_[track].config_time = time;
  if (!ReadConfig(payload, track, config)) return Fail("a configuration is not whole");
  if (config.stream != stream_) Fail("a configuration of stream " + std::to_string(config.stream));
}

void PlayerCheck::OnData(ByteView payload) {
  Config info;
  if (ReadMetadata(payload, info)) {
    metadata_ = info;
  } else if (ReadText(payload, info)) {
    if (info.epoch == epoch_ && info.version <= text_) Fail("a text comes again");
    text_ = info.version;
  } else {
    return;  // |RtmpSampleAccess
  }
  if (info.stream != stream_) Fail("data of stream " + std::to_string(info.stream));
}

void PlayerCheck::OnFrame(const Stamp& stamp, uint32_t time) {
  world_.verdict.Count(Tally::kFrames);
  if (stamp.stream != stream_) return Fail("a frame of stream " + std::to_string(stamp.stream));
  if (stamp.epoch < epoch_) return Fail(Show(stamp) + " in epoch " + std::to_string(epoch_));
  if (stamp.epoch > epoch_) BeginEpoch(stamp.epoch);
  CheckHeaders(stamp);
  if (!has_begun_) CheckFirst(stamp, time);
  has_begun_ = true;
  CheckNumber(stamp);
  CheckOffset(stamp, time);
}

void PlayerCheck::BeginEpoch(uint32_t epoch) {
  epoch_ = epoch;
  text_ = 0;
  for (TrackState& track : tracks_) {
    track.number = -1;
    track.has_run = false;
  }
}

void PlayerCheck::CheckTime(Track track, uint32_t time) {
  TrackState& state = tracks_[track];
  auto step = static_cast<int32_t>(time - state.time);  // 32-bit times wrap
  // A publisher's own time line may begin anew with it.
  if (state.has_time && step < 0 && plan().is_one_clock) {
    Fail("the time of track " + std::to_string(track) + " runs back by " + std::to_string(-step) + " ms to " +
         std::to_string(time));
  }
  state.has_time = true;
  state.time = time;
}

void PlayerCheck::CheckHeaders(const Stamp& stamp) {
  const Config& config = tracks_[stamp.track].config;
  if (config.epoch != stamp.epoch || config.version != stamp.announced.config[stamp.track]) {
    Fail(Show(stamp) + " needs configuration " + std::to_string(stamp.announced.config[stamp.track]) + ", there is " +
         std::to_string(config.version) + " of epoch " + std::to_string(config.epoch));
  }
  if (metadata_.epoch != stamp.epoch || metadata_.version != stamp.announced.metadata) {
    Fail(Show(stamp) + " needs metadata " + std::to_string(stamp.announced.metadata) + ", there are " +
         std::to_string(metadata_.version) + " of epoch " + std::to_string(metadata_.epoch));
  }
}

void PlayerCheck::CheckBegin(Track track, uint32_t time) {
  if (plan().publish.atc || clock_ == Clock::kStream) return;
  uint32_t limit = plan().is_one_clock ? kBeginAnywhere : kBeginWithJump;
  if (time > limit) Fail("track " + std::to_string(track) + " begins at " + std::to_string(time) + " ms");
}

// Against what was sent before it: between the two a pause or a skip may lie.
void PlayerCheck::CheckFirst(const Stamp& stamp, uint32_t time) {
  uint32_t since = time - tracks_[stamp.track].config_time;
  bool at_key = stamp.is_key && plan().begins_with_key;
  if (at_key && since > kBeginAtKey) Fail(Show(stamp) + " is the first one, " + std::to_string(since) + " ms late");
}

void PlayerCheck::CheckNumber(const Stamp& stamp) {
  TrackState& track = tracks_[stamp.track];
  int64_t number = stamp.number;
  if (number <= track.number) Fail(Show(stamp) + " comes behind frame " + std::to_string(track.number));
  bool is_gap = number > track.number + 1;
  if (is_gap && track.gap == Gap::kNone) {
    ++gaps_[stamp.track];
    world_.verdict.Count(Tally::kGaps);
    if (stamp.track == kVideoTrack && plan().begins_with_key) track.needs_key = "a gap";
  }
  if (track.gap == Gap::kOnce) track.gap = Gap::kNone;
  if (stamp.track == kVideoTrack) {
    bool goes_on = track.before_pause >= 0 && number == track.before_pause + 1;
    if (track.needs_key != nullptr && !stamp.is_key && !goes_on) {
      Fail(Show(stamp) + " begins a picture after " + track.needs_key + " and is no key frame");
    }
    track.needs_key = nullptr;
  }
  track.before_pause = -1;
  track.number = number;
}

// Between two jumps of the publisher's clock every reader's clock runs exactly as that does.
void PlayerCheck::CheckOffset(const Stamp& stamp, uint32_t time) {
  TrackState& track = tracks_[stamp.track];
  const TrackState& other = tracks_[1 - stamp.track];
  uint32_t offset = time - stamp.raw;
  if (plan().publish.atc && offset != 0)
    Fail(Show(stamp) + " has time " + std::to_string(time) + " instead of its own");
  if (!track.has_run || track.run != stamp.run) {
    track.has_run = true;
    track.run = stamp.run;
    track.offset = offset;
    // Both tracks have one clock, until it jumps.
    if (stamp.run != 0 || !other.has_run || other.run != 0) return;
    if (other.offset != offset) {
      Fail(Show(stamp) + " is " + std::to_string(static_cast<int32_t>(offset - other.offset)) +
           " ms beside the other track");
    }
  } else if (track.offset != offset) {
    Fail(Show(stamp) + " is off by " + std::to_string(static_cast<int32_t>(offset - track.offset)) + " ms");
    track.offset = offset;
  }
}

}  // namespace weir::driver
