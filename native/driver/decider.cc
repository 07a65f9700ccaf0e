#include "driver/decider.h"

#include <charconv>
#include <chrono>
#include <string_view>

#include "sys/monotonic.h"
#include "sys/thread.h"

namespace weir::driver {
namespace {

constexpr Micros kMilli = 1'000;
constexpr auto kLook = std::chrono::milliseconds(20);
// Every shard answers between two turns of its loop, whatever goes on.
constexpr Micros kAnswerTime = 20'000'000;

// "live?who=3.14" -> player 3 in its 14th life.
bool ReadWho(std::string_view url, size_t& player, uint32_t& life) {
  size_t at = url.find("who=");
  if (at == std::string_view::npos) return false;
  const char* end = url.data() + url.size();
  auto first = std::from_chars(url.data() + at + 4, end, player);
  if (first.ec != std::errc() || first.ptr == end) return false;
  return std::from_chars(first.ptr + 1, end, life).ec == std::errc();
}

Request RequestOf(Event::Type type) {
  if (type == Event::Type::kConnect) return Request::kConnect;
  return type == Event::Type::kPublish ? Request::kPublish : Request::kPlay;
}

}  // namespace

void Decider::Ring() {
  std::lock_guard lock(mutex_);
  rung_ = true;
  bell_.notify_one();
}

void Decider::Start(Engine& engine) {
  engine_ = &engine;
  thread_ = StartThread("decider", [this] { Run(); });
}

void Decider::Finish() {
  {
    std::lock_guard lock(mutex_);
    ends_ = true;
    bell_.notify_one();
  }
  thread_.join();
  Take();
  check_.OnEnd();
}

void Decider::Run() {
  for (bool ends = false; !ends;) {
    {
      std::unique_lock lock(mutex_);
      bell_.wait_for(lock, kLook, [this] { return rung_ || ends_; });
      rung_ = false;
      ends = ends_;
    }
    Take();
    Micros now = MonotonicMicros();
    AnswerLate(now);
    if (!ends && now >= next_meddling_) Meddle(now);
  }
}

void Decider::Take() {
  for (const Event& event : engine_->TakeEvents()) OnEvent(event);
}

void Decider::OnEvent(const Event& event) {
  check_.OnEvent(event);
  switch (event.type) {
    case Event::Type::kConnect: {
      Who who;
      if (ReadWho(event.tc_url, who.player, who.life)) players_[event.connection] = who;
      return Answer(event);
    }
    case Event::Type::kPublish:
      return Answer(event);
    case Event::Type::kPlay: {
      Who who;
      if (ReadWho(event.query, who.player, who.life)) players_[event.connection] = who;
      return Answer(event);
    }
    case Event::Type::kUnpublished:
      if (event.reason == Reason::kTakenOver) world_.verdict.Count(Tally::kTakeovers);
      return;
    case Event::Type::kRefused:
      return world_.verdict.Count(Tally::kRefusals);
    case Event::Type::kClosed:
      players_.erase(event.connection);
      skips_.erase(event.connection);
      return;
    case Event::Type::kConnectionStats:
      return CompareGaps(event);
    default:
      return;
  }
}

Decision Decider::Decide(const Event& event) {
  Request request = RequestOf(event.type);
  if (random_.OneIn(40)) {
    world_.verdict.Count(Tally::kRefusals);
    return {request, Rejected{Reason::kRejected, "NetStream.Play.Failed", "The driver does not like it."}};
  }
  if (request == Request::kConnect) return {request, AcceptedConnect{}};
  for (const Plan& plan : world_.plans) {
    const StreamKey& key = plan.publish.key;
    if (key.stream != event.name && "/" + key.app + "/" + key.stream + ".flv" != event.name) continue;
    if (request == Request::kPublish) return {request, plan.publish};
    PlayGrant grant = plan.play;
    grant.refuse_missing = random_.OneIn(10);
    return {request, grant};
  }
  return {request, Rejected{Reason::kNameInvalid, "NetStream.Play.StreamNotFound", "No such stream."}};
}

void Decider::Answer(const Event& event) {
  Decision decision = Decide(event);
  if (random_.OneIn(200)) return;  // never
  if (!random_.OneIn(8)) {
    engine_->Decide(event.connection, std::move(decision));
    return;
  }
  Micros delay = random_.Between(1, random_.OneIn(5) ? 2'500 : 200) * kMilli;
  late_.emplace(MonotonicMicros() + delay, Later{event.connection, std::move(decision)});
}

void Decider::AnswerLate(Micros now) {
  while (!late_.empty() && late_.begin()->first <= now) {
    Later later = std::move(late_.begin()->second);
    late_.erase(late_.begin());
    engine_->Decide(later.connection, std::move(later.decision));
  }
}

void Decider::Meddle(Micros now) {
  next_meddling_ = now + random_.Between(50, 400) * kMilli;
  if (asked_at_ != 0 && now - asked_at_ > kAnswerTime) {
    world_.verdict.Fail("the shards do not answer a question for statistics");
    asked_at_ = 0;
  }
  if (asked_at_ == 0) AskForConnections();
  EngineStats stats = engine_->Snapshot();
  if (stats.log_bytes < 0) world_.verdict.Fail("logs hold less than nothing");
  const auto& connections = check_.connections();
  if (random_.OneIn(6) && !connections.empty()) {
    world_.verdict.Count(Tally::kKicks);
    engine_->Kick(connections[random_.Below(connections.size())]);
  }
  // Handles that never were, or are no more.
  engine_->Kick(random_.Next());
  engine_->Decide(random_.Next(), {Request::kConnect, AcceptedConnect{}});
}

void Decider::AskForConnections() {
  asked_at_ = MonotonicMicros();
  gaps_then_.clear();
  for (const auto& gaps : world_.gaps) gaps_then_.push_back(gaps->load());
  ConnectionQuery everybody;
  everybody.limit = SIZE_MAX;
  engine_->RequestConnections(++ticket_, everybody);
}

// What players had lost by the time of the question, the server must have counted as skips by the time of its answer.
void Decider::CompareGaps(const Event& event) {
  if (event.count != ticket_) world_.verdict.Fail("statistics for nobody");
  asked_at_ = 0;
  for (const ConnectionStats& stats : event.connections) {
    auto who = players_.find(stats.connection);
    if (who == players_.end()) continue;
    uint64_t& known = skips_[stats.connection];
    if (stats.skips < known) world_.verdict.Fail("the number of skips falls");
    world_.verdict.Count(Tally::kSkips, stats.skips - known);
    known = stats.skips;
    uint64_t seen = gaps_then_[who->second.player];
    if (seen >> 32 != who->second.life) continue;
    uint64_t gaps = seen & UINT32_MAX;
    if (gaps > stats.skips) {
      world_.verdict.Fail("player " + std::to_string(who->second.player) + " has seen " + std::to_string(gaps) +
                          " gaps, the server has made " + std::to_string(stats.skips) + " skips");
    }
  }
}

}  // namespace weir::driver
