#include "driver/publisher.h"

#include "media/amf0.h"

namespace weir::driver {
namespace {

constexpr Micros kMilli = 1'000;
constexpr Micros kPatience = 8'000'000;
constexpr int kVideoStep = 40;
constexpr int kAudioStep = 23;
// More is not made while the server takes nothing.
constexpr size_t kMaxUnsent = 512 << 10;
// Where clocks begin: as most do; shortly before extended timestamps; 5 h; shortly before 32 bits are full.
constexpr uint32_t kBegins[] = {0, 1'000, 16'777'000, 18'000'000, 0xFFFFF000};

}  // namespace

Publisher::Publisher(World& world, Crew& crew, int index, Random random)
    : world_(world), crew_(crew), index_(index), random_(random), wire_(crew.reactor(), *this) {}

void Publisher::Act(Micros now) {
  switch (state_) {
    case State::kAway:
      return Connect(now);
    case State::kStarting:
      ActAt(now + 500 * kMilli);
      if (now - started_at_ > kPatience) {
        wire_.Close();
        BeAway(now);
      }
      return;
    case State::kPublishing:
      return SendFrames(now);
    case State::kSilent:  // the server's time-out ends it
      return ActAt(now + 500 * kMilli);
  }
}

void Publisher::Connect(Micros now) {
  // Most keep to a stream of their own; some want that of another.
  uint64_t own = static_cast<uint64_t>(index_) % world_.plans.size();
  stamp_ = Stamp();
  stamp_.stream = static_cast<uint32_t>(random_.OneIn(8) ? random_.Below(world_.plans.size()) : own);
  has_published_ = false;
  rtmp::ClientRequest request;
  request.app = "live";
  request.tc_url = "rtmp://127.0.0.1/live";
  request.stream = StreamName(stamp_.stream);
  request.publish = true;
  request.chunk_size = random_.OneIn(3) ? 128 : 60'000;
  state_ = State::kStarting;
  started_at_ = now;
  ActAt(now + 500 * kMilli);
  if (!wire_.Open(world_.address, request, 0)) BeAway(now);
}

void Publisher::BeAway(Micros now) {
  state_ = State::kAway;
  // A stream's second publisher is there to be refused, or to take over, now and then.
  bool has_own = static_cast<size_t>(index_) < world_.plans.size();
  ActAt(now + random_.Between(5, has_own ? 800 : 6'000) * kMilli);
}

void Publisher::BeginEpoch() {
  world_.verdict.Count(Tally::kPublishes);
  if (has_published_) world_.verdict.Count(Tally::kRepublishes);
  has_published_ = true;
  stamp_.epoch = world_.ledgers[stamp_.stream]->BeginEpoch();
  stamp_.run = 0;
  stamp_.announced = Announced();
  base_ = kBegins[random_.Below(std::size(kBegins))] + static_cast<uint32_t>(random_.Below(500));
  next_[kVideoTrack] = 0;
  next_[kAudioTrack] = 5;
  numbers_[0] = numbers_[1] = text_ = 0;
  gop_ = static_cast<int>(random_.Between(8, 40));
  speed_ = static_cast<int>(random_.Between(1, 8));
  video_stops_until_ = 0;
  SendMetadata();
  SendHeaders(kVideoTrack);
  SendHeaders(kAudioTrack);
}

// Frames of both tracks in the order of their time, as a muxer sends them.
void Publisher::SendFrames(Micros now) {
  int64_t pause = random_.Between(5, 60);
  ActAt(now + pause * kMilli);
  int64_t until = std::max(next_[0], next_[1]) + pause * speed_;
  while (wire_.is_open() && wire_.unsent() < kMaxUnsent && std::min(next_[0], next_[1]) < until) {
    Track track = next_[kVideoTrack] <= next_[kAudioTrack] ? kVideoTrack : kAudioTrack;
    if (track == kVideoTrack && next_[kVideoTrack] < video_stops_until_) {
      next_[kVideoTrack] += kVideoStep;
    } else {
      SendFrame(track);
    }
  }
  wire_.Flush();
  if (wire_.unsent() == 0 && numbers_[kVideoTrack] > 0) {
    world_.ledgers[stamp_.stream]->Sent(stamp_.epoch, numbers_[kVideoTrack] - 1);
  }
  if (random_.OneIn(150)) End(now);
}

void Publisher::SendFrame(Track track) {
  bool is_key = track == kVideoTrack && numbers_[track] % static_cast<uint32_t>(gop_) == 0;
  if (is_key) ChangeSomething();
  stamp_.track = track;
  stamp_.number = numbers_[track]++;
  stamp_.raw = Raw(next_[track]);
  stamp_.is_key = is_key;
  next_[track] += track == kVideoTrack ? kVideoStep : kAudioStep;
  payload_.clear();
  AppendFrame(payload_, stamp_, SizeOf(track, is_key));
  wire_.Media(track == kVideoTrack ? rtmp::kTypeVideo : rtmp::kTypeAudio, stamp_.raw, payload_);
}

size_t Publisher::SizeOf(Track track, bool is_key) {
  if (track == kAudioTrack) return random_.Below(400);
  if (!is_key) return random_.Below(6'000);
  // Some are more than a flush may send, some more than a segment holds.
  if (random_.OneIn(40)) return 300'000 + random_.Below(1'500'000);
  return 3'000 + random_.Below(40'000);
}

void Publisher::SendHeaders(Track track) {
  payload_.clear();
  AppendConfig(payload_, stamp_, track, ++stamp_.announced.config[track]);
  wire_.Media(track == kVideoTrack ? rtmp::kTypeVideo : rtmp::kTypeAudio, Raw(next_[track]), payload_);
}

void Publisher::SendMetadata() {
  payload_.clear();
  AppendMetadata(payload_, stamp_, ++stamp_.announced.metadata);
  wire_.Media(rtmp::kTypeData, 0, payload_);
}

// Right before a key frame, as encoders do: what is new with it, players must have before it.
void Publisher::ChangeSomething() {
  if (numbers_[kVideoTrack] == 0) return;
  const Plan& plan = world_.plan(stamp_.stream);
  uint64_t what = random_.Below(30);
  if (what < 4) world_.verdict.Count(Tally::kHeaderChanges);
  if (what == 0) SendHeaders(kVideoTrack);
  if (what == 1) SendHeaders(kAudioTrack);
  if (what == 2) SendMetadata();
  if (what == 3) {
    for (int i = 0; i < 80; ++i) SendMetadata();  // all but the last are never seen
  }
  if (what == 4 || what == 5) JumpInTime();
  if (what == 6 || what == 7) {
    payload_.clear();
    AppendText(payload_, stamp_, ++text_);
    wire_.Media(rtmp::kTypeData, Raw(next_[kVideoTrack]), payload_);
  }
  if (what == 8 && plan.has_audio_phases) video_stops_until_ = next_[kVideoTrack] + random_.Between(1'000, 7'000);
}

void Publisher::JumpInTime() {
  world_.verdict.Count(Tally::kTimeJumps);
  int64_t jump = random_.Between(3'000, 100'000);
  // Where the stream takes over the publisher's clock, only ahead: behind its begin players' clocks would begin anew.
  if (world_.plan(stamp_.stream).is_one_clock && random_.OneIn(2)) jump = -jump;
  base_ += static_cast<uint32_t>(jump);
  ++stamp_.run;
}

void Publisher::End(Micros now) {
  Buffer name;
  amf0::AppendString(name, StreamName(stamp_.stream));
  switch (random_.Below(7)) {
    case 0:  // comes back at once, on the same connection
      wire_.Call(wire_.stream_id(), "FCUnpublish", name);
      wire_.Call(wire_.stream_id(), "publish", name);
      wire_.Flush();
      state_ = State::kStarting;
      started_at_ = now;
      return;
    case 1:
      wire_.Call(wire_.stream_id(), "FCUnpublish", name);
      wire_.Flush();
      break;
    case 2:
      wire_.Abort();
      break;
    case 3: {
      payload_.assign(20'000, 0x17);
      wire_.HalfMedia(rtmp::kTypeVideo, Raw(next_[kVideoTrack]), payload_);
      wire_.Flush();
      break;
    }
    case 4: {
      Buffer garbage(500, 0xFF);
      wire_.Raw(garbage);
      wire_.Flush();
      break;
    }
    case 5:
      state_ = State::kSilent;
      return;
    default:
      break;
  }
  wire_.Close();
  BeAway(now);
}

void Publisher::OnStatus(std::string_view code) {
  if (code != "NetStream.Publish.Start" || state_ != State::kStarting) return;
  state_ = State::kPublishing;
  BeginEpoch();
  ActAt(crew_.reactor().now());
}

void Publisher::OnGone(const std::string& why, bool is_fault) {
  if (is_fault) world_.verdict.Fail("publisher " + std::to_string(index_) + ": " + why);
  BeAway(crew_.reactor().now());
}

}  // namespace weir::driver
