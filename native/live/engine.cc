#include "live/engine.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <latch>
#include <thread>
#include <utility>

#include "sys/memory_use.h"
#include "sys/monotonic.h"

namespace weir {
namespace {

// A listener that was told to go is closed by its reactor, in a moment.
constexpr int kFreeTries = 50;
constexpr std::chrono::milliseconds kFreePause{2};

bool AwaitFree(const SocketAddress& address, int& error) {
  for (int i = 0; i < kFreeTries; ++i) {
    if (CheckFree(address, error)) return true;
    if (error != EADDRINUSE) return false;
    std::this_thread::sleep_for(kFreePause);
  }
  return false;
}

}  // namespace

Engine::Engine(EngineOptions options, std::function<void()> doorbell)
    : options_(std::move(options)),
      tunables_(options_),
      started_at_(MonotonicMillis()),
      budget_(options_.memory_limit),
      events_(std::move(doorbell)),
      registry_(budget_, options_.server),
      store_(events_, options_.decision_timeout),
      recorder_(registry_, events_) {
  for (int i = 0; i < options_.threads; ++i) shards_.push_back(std::make_unique<Shard>(*this, i));
}

Engine::~Engine() { Stop(0); }

bool Engine::Start() {
  return std::all_of(shards_.begin(), shards_.end(), [](auto& shard) { return shard->Start(); });
}

SocketAddress Engine::Listen(const SocketAddress& address, Service service, int& error) {
  // Not for a port of ours: 127.0.0.1:1935 may become *:1935 while it is served.
  auto is_ours = [&](const Bound& bound) { return bound.address.port == address.port; };
  if (std::none_of(bound_.begin(), bound_.end(), is_ours) && !AwaitFree(address, error)) return {};
  SocketAddress bound = address;
  std::vector<UniqueFd> sockets;
  for (size_t i = 0; i < shards_.size(); ++i) {
    sockets.push_back(ListenTcp({address.host, bound.port}, error));
    if (!sockets.back().valid()) return {};
    bound = LocalAddress(sockets.back().get());
  }
  for (size_t i = 0; i < shards_.size(); ++i) {
    Shard& shard = *shards_[i];
    shard.Post([&shard, service, fd = std::make_shared<UniqueFd>(std::move(sockets[i]))] {
      shard.Listen(std::move(*fd), service);
    });
  }
  bound_.push_back({bound, service});
  return bound;
}

bool Engine::Unlisten(const SocketAddress& address, Service service) {
  auto is_it = [&](const Bound& bound) { return bound.address == address && bound.service == service; };
  if (std::erase_if(bound_, is_it) == 0) return false;
  OnEveryShard([address](Shard& shard) { shard.CloseListener(address); });
  return true;
}

void Engine::Configure(const EngineTuning& tuning) {
  tunables_.Set(tuning);
  budget_.set_limit(tuning.memory_limit);
}

bool Engine::Regrant(const PublishGrant& grant) {
  std::shared_ptr<Stream> stream = registry_.Find(grant.key);
  if (!stream) return false;
  Shard& home = stream->home();
  home.Post([stream = std::move(stream), grant] { stream->Regrant(grant); });
  return true;
}

void Engine::CloseVhost(const std::string& vhost) {
  OnEveryShard([vhost](Shard& shard) { shard.CloseVhost(vhost); });
}

void Engine::Drain() {
  tunables_.Drain();
  OnEveryShard([](Shard& shard) { shard.AskToReconnect(); });
}

bool Engine::Command(uint64_t connection, std::function<void(Connection&)> run) {
  Handles::Place place = handles_.Find(connection);
  // One that is about to be made has its shard already: the command comes behind that.
  if (place.shard == nullptr) return false;
  RunOn(*place.shard, connection, std::move(run));
  return true;
}

void Engine::RunOn(Shard& shard, uint64_t connection, std::function<void(Connection&)> run) {
  shard.Post([&shard, connection, run = std::move(run)] {
    Handles::Place place = shard.engine().handles().Find(connection);
    if (place.connection == nullptr) return;
    if (place.shard == &shard) return run(*place.connection);
    RunOn(*place.shard, connection, run);  // it has moved meanwhile
  });
}

bool Engine::AcceptView(uint64_t connection) { return store_.Decide(connection, Reason::kNone, MonotonicMillis()); }

bool Engine::Decide(uint64_t connection, Decision decision) {
  const auto* rejected = std::get_if<Rejected>(&decision.answer);
  if (rejected != nullptr && decision.request == Request::kPlay &&
      store_.Decide(connection, rejected->reason, MonotonicMillis())) {
    return true;
  }
  return Command(connection, [decision = std::move(decision)](Connection& waiting) { waiting.Decide(decision); });
}

bool Engine::Kick(uint64_t connection, Reason reason) {
  return Command(connection, [reason](Connection& kicked) { kicked.SayGoodbye(reason); });
}

uint64_t Engine::StartRelay(Relay relay) {
  Shard& shard = *shards_[next_relay_++ % shards_.size()];
  uint64_t id = handles_.Allocate();
  handles_.Put(id, {&shard, nullptr});
  shard.Post([&shard, id, relay = std::move(relay)] { shard.Connect(id, relay); });
  return id;
}

bool Engine::Admit() {
  if (connections_.fetch_add(1, std::memory_order_relaxed) >= tunables_.max_connections()) {
    connections_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  accepted_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void Engine::TurnAway(uint64_t connection, std::string ip, Reason reason) {
  ended_[static_cast<size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  Event event(Event::Type::kTurnedAway, connection);
  event.reason = reason;
  event.ip = std::move(ip);
  event.count = missed_.exchange(0, std::memory_order_relaxed);
  uint64_t count = event.count;
  if (events_.PushLossy(std::move(event))) return;
  missed_.fetch_add(count + 1, std::memory_order_relaxed);
  handles_.Free(connection);
}

void Engine::Ended(Event event, bool announced) {
  connections_.fetch_sub(1, std::memory_order_relaxed);
  if (!announced) return TurnAway(event.connection, std::move(event.ip), event.reason);
  ended_[static_cast<size_t>(event.reason)].fetch_add(1, std::memory_order_relaxed);
  events_.Push(std::move(event));
}

void Engine::EndedInSilence(uint64_t connection, Reason reason) {
  connections_.fetch_sub(1, std::memory_order_relaxed);
  ended_[static_cast<size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  handles_.Free(connection);
}

std::vector<Event> Engine::TakeEvents() {
  std::vector<Event> events = events_.Take();
  for (const Event& event : events) {
    bool is_last = event.type == Event::Type::kClosed || event.type == Event::Type::kTurnedAway ||
                   event.type == Event::Type::kPushEnded || event.type == Event::Type::kPullEnded;
    if (is_last && event.connection != 0) handles_.Free(event.connection);
  }
  return events;
}

EngineStats Engine::Snapshot() {
  Millis now = MonotonicMillis();
  EngineStats stats;
  stats.uptime = now - started_at_;
  stats.connections = static_cast<uint64_t>(std::max<int64_t>(0, connections_.load(std::memory_order_relaxed)));
  stats.accepted = accepted_.load(std::memory_order_relaxed);
  stats.log_bytes = budget_.used();
  stats.memory_limit = budget_.limit();
  stats.heap_bytes = HeapInUse();
  stats.events_missed = events_.missed();
  for (size_t i = 0; i < ended_.size(); ++i) {
    stats.ended[i] = ended_[i].load(std::memory_order_relaxed);
    stats.refused[i] = refused_[i].load(std::memory_order_relaxed);
  }
  for (auto& shard : shards_) {
    stats.reactors.push_back(shard->TakeStats());
    stats.bytes_in += shard->bytes_in.get();
    stats.bytes_out += shard->bytes_out.get();
    shard->http.AddTo(stats.responses);
    Rates in = shard->in_rate.rates();
    Rates out = shard->out_rate.rates();
    stats.in = {stats.in.over3 + in.over3, stats.in.over30 + in.over30};
    stats.out = {stats.out.over3 + out.over3, stats.out.over30 + out.over30};
  }
  stats.streams = registry_.Snapshot(now);
  stats.vhosts = registry_.Vhosts();
  AddObjects(stats);
  for (const StreamStats& stream : stats.streams) {
    stats.publishers += stream.publisher != 0 ? 1 : 0;
    stats.players += stream.players;
  }
  for (const auto& [name, vhost] : stats.vhosts) {
    stats.skips += vhost.skips;
    stats.drops += vhost.drops;
  }
  return stats;
}

void Engine::AddObjects(EngineStats& stats) const {
  ObjectStore::Totals totals = store_.Count();
  stats.objects = totals.objects;
  stats.object_bytes = totals.bytes;
  for (const auto& [key, viewers] : totals.viewers) {
    auto of = std::find_if(stats.streams.begin(), stats.streams.end(),
                           [&key = key](const StreamStats& stream) { return stream.key == key; });
    if (of != stats.streams.end()) of->hls_viewers += viewers;
  }
}

struct Engine::Listing {
  uint64_t ticket = 0;
  ConnectionQuery query;
  std::mutex mutex;
  std::vector<uint64_t> ids;
  uint64_t total = 0;
  std::vector<ConnectionStats> connections;
  size_t missing = 0;  // shards that have not yet told
};

void Engine::RequestConnections(uint64_t ticket, ConnectionQuery query) {
  auto listing = std::make_shared<Listing>();
  listing->ticket = ticket;
  listing->query = std::move(query);
  listing->missing = shards_.size();
  OnEveryShard([this, listing](Shard& shard) {
    std::lock_guard lock(listing->mutex);
    shard.Find(listing->query, listing->ids);
    if (--listing->missing == 0) CollectPage(listing);
  });
}

// All are known; the page of them is asked what it has.
void Engine::CollectPage(const std::shared_ptr<Listing>& listing) {
  std::vector<uint64_t>& ids = listing->ids;
  std::sort(ids.begin(), ids.end());
  listing->total = ids.size();
  size_t start = std::min(listing->query.start, ids.size());
  size_t end = start + std::min(listing->query.limit, ids.size() - start);
  ids = {ids.begin() + static_cast<ptrdiff_t>(start), ids.begin() + static_cast<ptrdiff_t>(end)};
  listing->missing = shards_.size();
  OnEveryShard([this, listing](Shard& shard) {
    std::lock_guard lock(listing->mutex);
    shard.Collect(listing->ids, listing->connections);
    if (--listing->missing > 0) return;
    std::vector<ConnectionStats>& found = listing->connections;
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.connection < b.connection; });
    Event event(Event::Type::kConnectionStats);
    event.count = listing->ticket;
    event.total = listing->total;
    event.connections = std::move(found);
    events_.Push(std::move(event));
  });
}

void Engine::OnEveryShard(const std::function<void(Shard&)>& run) {
  for (auto& shard : shards_) shard->Post([&shard = *shard, run] { run(shard); });
}

void Engine::Stop(Millis grace) {
  if (stopped_.exchange(true)) return;
  OnEveryShard([grace](Shard& shard) {
    shard.CloseListeners();
    if (grace > 0) shard.SayGoodbyeToAll(Reason::kShutdown);
  });
  // Nothing tells when the last one has gone, and nobody is in a hurry: look every few milliseconds.
  Millis until = MonotonicMillis() + grace;
  while (connections_.load(std::memory_order_relaxed) > 0 && MonotonicMillis() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  // First all close, then the first one stops: a connection that is just moving must find its new shard alive.
  auto running = std::count_if(shards_.begin(), shards_.end(), [](auto& shard) { return shard->running(); });
  auto closed = std::make_shared<std::latch>(running);
  OnEveryShard([closed](Shard& shard) {
    shard.CloseAll(Reason::kShutdown);
    closed->count_down();
  });
  closed->wait();
  recorder_.Close();  // nothing comes any more
  for (auto& shard : shards_) shard->Stop();
}

}  // namespace weir
