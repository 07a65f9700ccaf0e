// Engine: the shards, the registry of streams, the events for TypeScript and the commands from it. It knows nothing of
// Node. Lifetime: Start, then Stop, then the destructor. Thread rule: the commands on one thread (the main one); what
// shards call is marked.
#ifndef WEIR_LIVE_ENGINE_H_
#define WEIR_LIVE_ENGINE_H_

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "live/connection_query.h"
#include "live/decision.h"
#include "live/event.h"
#include "live/handles.h"
#include "live/object_store.h"
#include "live/ranges.h"
#include "live/recorder.h"
#include "live/registry.h"
#include "live/shard.h"
#include "live/tunables.h"
#include "sys/tcp.h"

namespace weir {

class Engine {
 public:
  // `doorbell` is rung, on any thread, when events begin to wait.
  Engine(EngineOptions options, std::function<void()> doorbell);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  [[nodiscard]] bool Start();
  // Every shard listens. The bound address, or an errno in `error`.
  SocketAddress Listen(const SocketAddress& address, Service service, int& error);
  // False if nobody listens there. Connections that came by it stay.
  bool Unlisten(const SocketAddress& address, Service service);
  void Configure(const EngineTuning& tuning);
  // What holds for a stream from now on, for its publisher and its players; false if there is no such stream. Takeover
  // and what only a join asks for hold for those who come.
  bool Regrant(const PublishGrant& grant);
  // Tells and closes everybody who publishes or plays there.
  void CloseVhost(const std::string& vhost);
  // Asks those clients to reconnect that can, and keeps no HTTP connection for a further request. Everything else goes
  // on; the listeners are closed by Unlisten.
  void Drain();
  // False if the connection is gone. One that waits for something else ignores the decision.
  bool Decide(uint64_t connection, Decision decision);
  // The answer to a viewer's question.
  bool AcceptView(uint64_t connection);
  bool Kick(uint64_t connection, Reason reason = Reason::kKicked);
  // Copies a stream to another server, or fetches one; the handle of the connection. A kPushEnded or kPullEnded event
  // follows in any case.
  uint64_t StartRelay(Relay relay);
  EngineStats Snapshot();
  // Answered by a kConnectionStats event with this ticket. Who does not belong to the page costs a look, no more.
  void RequestConnections(uint64_t ticket, ConnectionQuery query);
  // The events that wait; frees the handles of those connections that have ended by them.
  std::vector<Event> TakeEvents();
  // Tells everybody, waits up to `grace` for them to go, joins the threads. Blocks; may be called on any one thread.
  void Stop(Millis grace);

  // For shards, any thread.
  const EngineOptions& options() const { return options_; }
  const Tunables& tunables() const { return tunables_; }
  Handles& handles() { return handles_; }
  EventQueue& events() { return events_; }
  Registry& registry() { return registry_; }
  Ranges& ranges() { return ranges_; }
  ObjectStore& store() { return store_; }
  Recorder& recorder() { return recorder_; }
  const MemoryBudget& budget() const { return budget_; }
  // One more connection, unless there are max_connections.
  [[nodiscard]] bool Admit();
  // One more of our own, whatever max_connections is.
  void AdmitOwn() { connections_.fetch_add(1, std::memory_order_relaxed); }
  void TurnAway(uint64_t connection, std::string ip, Reason reason);
  void Ended(Event event, bool announced);
  // The end of one that nobody knows of and that is no news.
  void EndedInSilence(uint64_t connection, Reason reason);
  // An HTTP request; its connection may live on.
  void CountRefusal(Reason reason) { refused_[static_cast<size_t>(reason)].fetch_add(1, std::memory_order_relaxed); }

 private:
  struct Bound {
    SocketAddress address;
    Service service;
  };

  bool Command(uint64_t connection, std::function<void(Connection&)> run);
  static void RunOn(Shard& shard, uint64_t connection, std::function<void(Connection&)> run);
  void AddObjects(EngineStats& stats) const;
  void OnEveryShard(const std::function<void(Shard&)>& run);
  struct Listing;
  void CollectPage(const std::shared_ptr<Listing>& listing);

  const EngineOptions options_;
  Tunables tunables_;
  const Millis started_at_;
  MemoryBudget budget_;
  EventQueue events_;
  Handles handles_;
  Registry registry_;
  Ranges ranges_;
  ObjectStore store_;
  Recorder recorder_;
  std::atomic<int64_t> connections_{0};
  std::atomic<uint64_t> accepted_{0};
  std::array<std::atomic<uint64_t>, kReasonCount> ended_{};
  std::array<std::atomic<uint64_t>, kReasonCount> refused_{};
  std::atomic<uint64_t> missed_{0};  // turned away since the last event of that kind
  std::atomic<bool> stopped_{false};
  size_t next_relay_ = 0;     // the command thread's
  std::vector<Bound> bound_;  // the command thread's
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace weir

#endif  // WEIR_LIVE_ENGINE_H_
