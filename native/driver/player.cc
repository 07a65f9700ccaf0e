#include "driver/player.h"

#include "media/amf0.h"

namespace weir::driver {
namespace {

constexpr Micros kMilli = 1'000;
constexpr Micros kSecond = 1'000'000;
// No answer for so long: the decision was "never".
constexpr Micros kPatience = 8 * kSecond;
// What a publisher has sent must have reached a witness by then, on a busy machine under a sanitizer too.
constexpr Micros kDelivery = 15 * kSecond;
// So many more frames show that the server still takes what the publisher sends.
constexpr uint32_t kMore = 50;
constexpr int kLittleBuffer = 8'192;

std::string Name(int index) { return "player " + std::to_string(index); }

Buffer Boolean(bool value) {
  Buffer out;
  amf0::AppendBoolean(out, value);
  return out;
}

}  // namespace

Player::Player(World& world, Crew& crew, int index, Manner manner, Random random)
    : world_(world),
      crew_(crew),
      index_(index),
      manner_(manner),
      random_(random),
      wire_(crew.reactor(), *this),
      check_(world, Name(index), PlayerCheck::Clock::kOwn) {
  if (manner == Manner::kWitness) stream_ = static_cast<uint32_t>(index) % static_cast<uint32_t>(world.plans.size());
}

void Player::Act(Micros now) {
  switch (state_) {
    case State::kAway:
      return Connect(now);
    case State::kStarting:
      if (now - started_at_ > kPatience) return Leave(now);
      return ActAt(now + 500 * kMilli);
    case State::kPlaying:
      if (manner_ == Manner::kWitness) return Watch(now);
      return DoSomething(now);
  }
}

void Player::Connect(Micros now) {
  ++life_;
  check_.ForgetGaps();
  PublishGaps();
  is_paused_ = is_stalled_ = is_off_[0] = is_off_[1] = false;
  samples_.clear();
  if (manner_ != Manner::kWitness) stream_ = static_cast<uint32_t>(random_.Below(world_.plans.size()));
  rtmp::ClientRequest request;
  request.app = "live";
  request.tc_url = "rtmp://127.0.0.1/live?who=" + std::to_string(index_) + "." + std::to_string(life_);
  request.stream = StreamName(stream_);
  state_ = State::kStarting;
  started_at_ = now;
  ActAt(now + kSecond);
  if (!wire_.Open(world_.address, request, manner_ == Manner::kSlow ? kLittleBuffer : 0)) BeAway(now);
}

void Player::BeAway(Micros now) {
  state_ = State::kAway;
  ActAt(now + random_.Between(5, 400) * kMilli);
}

void Player::Leave(Micros now) {
  world_.verdict.Count(Tally::kLeavings);
  if (random_.OneIn(3)) {
    wire_.Abort();
  } else {
    wire_.Close();
  }
  BeAway(now);
}

void Player::DoSomething(Micros now) {
  ActAt(now + random_.Between(20, 350) * kMilli);
  if (is_stalled_) {
    is_stalled_ = false;
    return wire_.SetReading(true);
  }
  switch (random_.Below(manner_ == Manner::kSlow ? 16 : 30)) {
    case 0:
      return Leave(now);
    case 1:
      return PlayAgain(now, true);
    case 2:
      return PlayAgain(now, false);
    case 3:
    case 4:
      return TogglePause();
    case 5:
      return ToggleTrack(kAudioTrack);
    case 6:
      return ToggleTrack(kVideoTrack);
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
      if (manner_ == Manner::kSlow) StopReading(now);
      return;
    default:
      // Whoever paused or switched off goes on soon.
      if (is_paused_) return TogglePause();
      for (Track track : {kVideoTrack, kAudioTrack}) {
        if (is_off_[track] && random_.OneIn(2)) return ToggleTrack(track);
      }
  }
}

void Player::PlayAgain(Micros now, bool closes_first) {
  if (closes_first) wire_.Call(wire_.stream_id(), "closeStream", {});
  stream_ = static_cast<uint32_t>(random_.Below(world_.plans.size()));
  Buffer name;
  amf0::AppendString(name, StreamName(stream_));
  wire_.Call(wire_.stream_id(), "play", name);
  wire_.Flush();
  is_paused_ = is_off_[0] = is_off_[1] = false;
  token_of_[0] = token_of_[1] = 0;
  state_ = State::kStarting;
  started_at_ = now;
}

void Player::TogglePause() {
  is_paused_ = !is_paused_;
  if (is_paused_) world_.verdict.Count(Tally::kPauses);
  wire_.Call(wire_.stream_id(), "pause", Boolean(is_paused_));
  wire_.Flush();
}

void Player::ToggleTrack(Track track) {
  is_off_[track] = !is_off_[track];
  world_.verdict.Count(Tally::kTrackSwitches);
  if (is_off_[track]) check_.TrackOff(track);
  token_of_[track] = 0;
  wire_.Call(wire_.stream_id(), track == kVideoTrack ? "receiveVideo" : "receiveAudio", Boolean(!is_off_[track]));
  if (!is_off_[track]) {
    token_of_[track] = ++token_;
    wire_.Ping(token_);
  }
  wire_.Flush();
}

void Player::StopReading(Micros now) {
  world_.verdict.Count(Tally::kStalls);
  is_stalled_ = true;
  wire_.SetReading(false);
  ActAt(now + random_.Between(300, 5'000) * kMilli);
}

// A witness need do nothing but get everything: a frame that went out long ago, on a publish that still goes on, is
// here.
void Player::Watch(Micros now) {
  ActAt(now + kSecond);
  uint64_t newest = world_.ledgers[stream_]->newest();
  while (!samples_.empty() && samples_.front().at <= now - kDelivery) {
    uint64_t then = samples_.front().newest;
    samples_.pop_front();
    bool goes_on = then >> 32 == newest >> 32 && newest - then > kMore;
    uint64_t got = uint64_t{check_.epoch()} << 32 | static_cast<uint64_t>(std::max<int64_t>(0, check_.newest_video()));
    if (goes_on && got < then)
      world_.verdict.Fail(Name(index_) + " waits in vain on stream " + std::to_string(stream_));
  }
  samples_.push_back({now, newest});
  if (random_.OneIn(40)) Leave(now);
}

void Player::PublishGaps() { world_.gaps[static_cast<size_t>(index_)]->store(uint64_t{life_} << 32 | check_.gaps()); }

void Player::OnStatus(std::string_view code) {
  if (code == "NetStream.Play.Start") {
    world_.verdict.Count(Tally::kPlays);
    check_.Begin(stream_);
    state_ = State::kPlaying;
    samples_.clear();
  } else if (code == "NetStream.Pause.Notify") {
    if (is_paused_) check_.Paused();
  } else if (code == "NetStream.Unpause.Notify") {
    check_.Unpaused();
  }
}

void Player::OnFrame(const rtmp::Message& message) {
  uint32_t before = check_.gaps();
  check_.OnMedia(message);
  if (check_.gaps() != before) PublishGaps();
}

void Player::OnPong(uint32_t token) {
  for (Track track : {kVideoTrack, kAudioTrack}) {
    if (token_of_[track] == token) check_.TrackOn(track);
  }
}

void Player::OnGone(const std::string& why, bool is_fault) {
  if (is_fault) world_.verdict.Fail(Name(index_) + ": " + why);
  BeAway(crew_.reactor().now());
}

}  // namespace weir::driver
