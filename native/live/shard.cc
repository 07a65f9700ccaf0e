#include "live/shard.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "live/engine.h"
#include "live/http_connection.h"
#include "live/pull_connection.h"
#include "live/push_connection.h"
#include "live/rtmp_connection.h"
#include "live/subscriber.h"
#include "sys/monotonic.h"
#include "sys/tcp.h"

namespace weir {
namespace {

// Players flushed between two looks at the sockets: 20 000 of them must not delay a publisher's read (design 2.4).
constexpr int kSlice = 256;
constexpr int kLaterPerTurn = 64;
constexpr Micros kSweepInterval = 250'000;

}  // namespace

int Shard::shard_count() const { return engine_.options().threads; }

// --- Connections.

void Shard::Listen(UniqueFd fd, Service service) {
  auto listener = std::make_unique<Listener>(
      std::move(fd), [this, service](UniqueFd accepted) { Accept(std::move(accepted), service); });
  if (!reactor_.WatchListener(listener->fd(), *listener)) return;
  listeners_.push_back(std::move(listener));
}

void Shard::CloseListener(const SocketAddress& address) {
  for (auto& listener : listeners_) {
    if (LocalAddress(listener->fd()) != address) continue;
    reactor_.Unwatch(listener->fd());
    reactor_.Retire(std::move(listener));
  }
  std::erase(listeners_, nullptr);
}

void Shard::CloseListeners() {
  for (auto& listener : listeners_) {
    reactor_.Unwatch(listener->fd());
    reactor_.Retire(std::move(listener));
  }
  listeners_.clear();
}

void Shard::Accept(UniqueFd fd, Service service) {
  if (!fd.valid()) return engine_.TurnAway(0, "", Reason::kOutOfFiles);
  if (!engine_.Admit()) return engine_.TurnAway(0, Unpack(PeerAddress(fd.get())).host, Reason::kTooManyConnections);
  uint64_t id = engine_.handles().Allocate();
  Connection* connection;
  if (service == Service::kHttp) {
    connection = new HttpConnection(*this, std::move(fd), id);
  } else {
    connection = new RtmpConnection(*this, std::move(fd), id);
  }
  engine_.handles().Put(id, {this, connection});
  connections.Add(1);
  if (!reactor_.Watch(connection->fd(), *connection)) connection->Close(Reason::kOutOfFiles);
}

void Shard::Connect(uint64_t id, Relay relay) {
  auto* push = std::get_if<Push>(&relay);
  auto* pull = std::get_if<Pull>(&relay);
  const RelayPeer& peer = push != nullptr ? push->peer : pull->peer;
  int error = 0;
  UniqueFd fd = closes_all_ ? UniqueFd() : ConnectTcp(peer.address, error);
  if (!fd.valid()) {
    engine_.handles().Put(id, {});
    Event event(push != nullptr ? Event::Type::kPushEnded : Event::Type::kPullEnded, id);
    event.reason = closes_all_ ? Reason::kShutdown : Reason::kConnectFailed;
    if (push != nullptr) event.key = push->grant.key;
    if (error != 0) event.name = std::generic_category().message(error);
    return engine_.events().Push(std::move(event));
  }
  engine_.AdmitOwn();
  Connection* connection = nullptr;
  if (push != nullptr) {
    connection = new PushConnection(*this, std::move(fd), id, std::move(*push));
  } else {
    connection = new PullConnection(*this, std::move(fd), id, std::move(*pull));
  }
  engine_.handles().Put(id, {this, connection});
  connections.Add(1);
  if (!reactor_.Watch(connection->fd(), *connection)) connection->Close(Reason::kOutOfFiles);
}

void Shard::Forget(Connection& connection, Reason reason) {
  engine_.handles().Put(connection.id(), {});
  Event event(Event::Type::kClosed, connection.id());
  event.reason = reason;
  event.ip = connection.PeerIp();
  event.bytes_in = connection.bytes_in();
  event.bytes_out = connection.bytes_out();
  event.duration = now_ms() - connection.opened_at();
  connection.FillEnd(event);
  if (connection.announced() || !connection.IsNoNews(reason)) {
    engine_.Ended(std::move(event), connection.announced());
  } else {
    engine_.EndedInSilence(connection.id(), reason);
  }
  connection.Unlink();
  connections.Subtract(1);
  connection.fd_.Reset();
  reactor_.Retire(std::unique_ptr<IoHandler>(&connection));
}

void Shard::Release(Connection& connection) {
  connection.Unlink();
  reactor_.Unwatch(connection.fd());
  connections.Subtract(1);
}

void Shard::Receive(Connection& connection) {
  engine_.handles().Put(connection.id(), {});  // on its way it is nobody's
  Post([this, owned = std::make_shared<std::unique_ptr<Connection>>(&connection)] {
    Connection* moved = owned->release();
    engine_.handles().Put(moved->id(), {this, moved});
    connections.Add(1);
    moved->Adopt(*this);
    if (closes_all_) moved->Close(Reason::kShutdown);
    if (!moved->closed() && !reactor_.Watch(moved->fd(), *moved)) moved->Close(Reason::kOutOfFiles);
    // It may have been on its way when all were asked.
    if (!moved->closed() && engine_.tunables().is_draining()) moved->AskToReconnect();
  });
}

void Shard::AskToReconnect() {
  for (Connection* connection : engine_.handles().On(*this)) connection->AskToReconnect();
}

void Shard::SayGoodbyeToAll(Reason reason) {
  for (Connection* connection : engine_.handles().On(*this)) connection->SayGoodbye(reason);
}

void Shard::CloseVhost(const std::string& vhost) {
  for (Connection* connection : engine_.handles().On(*this)) {
    const StreamKey* key = connection->key();
    if (key != nullptr && key->vhost == vhost) connection->SayGoodbye(Reason::kVhostClosed);
  }
}

void Shard::CloseAll(Reason reason) {
  closes_all_ = true;
  for (Connection* connection : engine_.handles().On(*this)) connection->Close(reason);
  for (size_t i = 0; i < streams_.size(); ++i) streams_[i]->StopWaiting();
}

void Shard::Report(Event::Notice notice, const StreamKey& key, uint64_t count) {
  Event event(Event::Type::kNotice);
  event.notice = notice;
  event.key = key;
  event.count = count;
  (void)engine_.events().PushLossy(std::move(event));
}

void Shard::Find(const ConnectionQuery& query, std::vector<uint64_t>& ids) {
  for (const Connection* connection : engine_.handles().On(*this)) {
    ConnectionRole role;
    if (query.connection != 0 && query.connection != connection->id()) continue;
    if (!connection->FindRole(role) || !query.Admits(role)) continue;
    if (query.ip.empty() || query.ip == connection->PeerIp()) ids.push_back(connection->id());
  }
}

void Shard::Collect(const std::vector<uint64_t>& ids, std::vector<ConnectionStats>& out) {
  for (const Connection* connection : engine_.handles().On(*this)) {
    if (!std::binary_search(ids.begin(), ids.end(), connection->id())) continue;
    ConnectionStats stats;
    if (connection->Collect(stats, now_ms())) out.push_back(std::move(stats));
  }
}

ReactorStats Shard::TakeStats() {
  ReactorStats stats;
  stats.connections = connections.get();
  stats.players = players.get();
  clock_.Fill(stats);
  return stats;
}

// --- Time: rounds, what was left for later, sweeps.

void Shard::ReadLater(Connection& connection) { unread_.push_back(connection.id()); }

void Shard::WriteLater(Connection& connection) { unwritten_.push_back(connection.id()); }

void Shard::Wake(const std::vector<uint64_t>& connections) {
  woken_.insert(woken_.end(), connections.begin(), connections.end());
}

ByteView Shard::ReadShared(const Segment& segment, uint64_t offset, size_t size) {
  bool has_it =
      segment.serial() == shared_serial_ && offset >= shared_from_ && offset + size <= shared_from_ + shared_.size();
  if (!has_it) {
    shared_.resize(size);
    shared_serial_ = segment.Read(offset, shared_.data(), size) ? segment.serial() : 0;
    shared_from_ = offset;
    if (shared_serial_ == 0) return {};
  }
  return ByteView(shared_).subspan(offset - shared_from_, size);
}

void Shard::FlushLater(Subscriber& subscriber) { hungry_.Append(&subscriber); }

void Shard::RecallHungry(Audience& audience) {
  for (Subscriber* subscriber = hungry_.front(); subscriber != nullptr;) {
    Subscriber* next = hungry_.Next(subscriber);
    if (subscriber->audience() == &audience) audience.PutReady(*subscriber);
    subscriber = next;
  }
}

Micros Shard::NextDue(Micros now) {
  bool has_left_over = !unread_.empty() || !unwritten_.empty() || !woken_.empty() || !hungry_.empty();
  if (!round_.empty() || has_left_over) return now;
  return std::min(next_round_, next_sweep_);
}

void Shard::RunDue(Micros now) {
  RunLater();
  if (round_.empty() && next_round_ <= now) BeginRound(now);
  if (!round_.empty()) RunRound();
  if (next_sweep_ <= now) Sweep(now);
}

Micros Shard::DueOf(const Audience& audience) const {
  if (audience.min_latency()) return 0;
  return audience.interval() < 0 ? clock_.next() : audience.round_began() + audience.interval();
}

void Shard::MarkDirty(Audience& audience, std::shared_ptr<Stream> stream) {
  next_round_ = std::min(next_round_, std::max(DueOf(audience), reactor_.now()));
  dirty_.push_back({std::move(stream), &audience});
}

void Shard::BeginRound(Micros now) {
  clock_.Begin(now, next_round_);
  next_round_ = INT64_MAX;
  size_t kept = 0;
  for (Dirty& dirty : dirty_) {
    Micros due = DueOf(*dirty.audience);
    if (due <= now) {
      dirty.audience->BeginRound(now);
      round_.push_back(std::move(dirty));
    } else {
      next_round_ = std::min(next_round_, due);
      dirty_[kept++] = std::move(dirty);
    }
  }
  dirty_.resize(kept);
  if (round_.empty()) clock_.End(now);
}

void Shard::RunRound() {
  Micros began = ThreadCpuMicros();
  int budget = kSlice;
  while (!round_.empty() && round_.back().audience->FlushSome(budget)) round_.pop_back();
  clock_.Spend(ThreadCpuMicros() - began);
  if (!round_.empty()) return;
  clock_.End(reactor_.Tick());
  // Those that notified meanwhile reckoned with the clock as it was.
  next_round_ = INT64_MAX;
  for (const Dirty& dirty : dirty_) {
    next_round_ = std::min(next_round_, std::max(DueOf(*dirty.audience), reactor_.now()));
  }
}

void Shard::RunLater() {
  std::vector<uint64_t> unread = std::exchange(unread_, {});
  for (uint64_t id : unread) {
    if (Connection* connection = Find(id)) connection->ContinueReading();
  }
  RunSome(woken_, kSlice, [](Connection& connection) { connection.Wake(); });
  RunSome(unwritten_, kLaterPerTurn, [](Connection& connection) { connection.ContinueWriting(); });
  for (int i = 0; i < kLaterPerTurn; ++i) {
    Subscriber* subscriber = hungry_.PopFront();
    if (subscriber == nullptr) return;
    subscriber->Flush();
  }
}

Connection* Shard::Find(uint64_t connection) {
  Handles::Place place = engine_.handles().Find(connection);
  return place.shard == this ? place.connection : nullptr;
}

void Shard::RunSome(std::deque<uint64_t>& waiting, int most, void (*run)(Connection&)) {
  for (size_t i = std::min<size_t>(waiting.size(), static_cast<size_t>(most)); i > 0; --i) {
    uint64_t id = waiting.front();
    waiting.pop_front();
    if (Connection* connection = Find(id)) run(*connection);
  }
}

void Shard::Sweep(Micros now) {
  next_sweep_ = now + kSweepInterval;
  Millis millis = now / 1000;
  for (Connection* connection = sweeping_.front(); connection != nullptr;) {
    Connection* next = sweeping_.Next(connection);
    connection->Sweep(millis);
    connection = next;
  }
  for (size_t i = audiences_.size(); i-- > 0;) {
    if (i >= audiences_.size()) continue;
    // Closing its last player may end the stream on its home's thread at once.
    std::shared_ptr<Stream> stream = audiences_[i]->stream().shared_from_this();
    audiences_[i]->Sweep(millis);
  }
  for (size_t i = 0; i < streams_.size(); ++i) streams_[i]->Sweep(millis);
  if (index_ == 0) engine_.store().Sweep(millis);
  if (millis - sampled_at_ < RateMeter::kInterval) return;
  Millis span = sampled_at_ == 0 ? RateMeter::kInterval : millis - sampled_at_;
  sampled_at_ = millis;
  for (Connection* connection : engine_.handles().On(*this)) connection->SampleRate(span);
  in_rate.Sample(bytes_in.get(), millis);
  out_rate.Sample(bytes_out.get(), millis);
}

}  // namespace weir
