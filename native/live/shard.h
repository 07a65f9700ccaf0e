// Shard: everything of the engine that one reactor owns: listeners, connections, the flush rounds of its audiences
// (design 2.4), sweeps over what has a time limit, and the rates. Lifetime: the engine's, from Start to Stop. Thread
// rule: its reactor's thread, but Post, Receive, TakeStats and the counters.
#ifndef WEIR_LIVE_SHARD_H_
#define WEIR_LIVE_SHARD_H_

#include <deque>
#include <memory>
#include <vector>

#include "base/counter.h"
#include "live/connection.h"
#include "live/event.h"
#include "live/handles.h"
#include "live/http_counters.h"
#include "live/rate_meter.h"
#include "live/registry.h"
#include "live/relay.h"
#include "live/round_clock.h"
#include "net/listener.h"
#include "net/reactor.h"

namespace weir {

class Engine;
class RtmpConnection;
class Subscriber;

// What a listener's connections speak.
enum class Service : uint8_t { kRtmp, kHttp };

class Shard : public ReactorClient {
 public:
  Shard(Engine& engine, int index) : engine_(engine), index_(index) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  [[nodiscard]] bool Start() { return reactor_.Start(*this); }
  void Stop() { reactor_.Stop(); }
  bool running() const { return reactor_.running(); }

  // Any thread.
  int index() const { return index_; }
  int shard_count() const;
  void Post(Reactor::Task task) { reactor_.Post(std::move(task)); }
  // Takes a connection over from another shard.
  void Receive(Connection& connection);
  ReactorStats TakeStats();

  // Its thread.
  Engine& engine() { return engine_; }
  uint8_t* scratch() { return reactor_.scratch(); }
  // Bytes of a segment in user space, read once for all players that want the same; empty if they can't be read. For
  // pieces that are cheaper to send from memory than from the file.
  ByteView ReadShared(const Segment& segment, uint64_t offset, size_t size);
  // A buffer for one reply at a time.
  Buffer& replies() { return replies_; }
  Millis now_ms() const { return reactor_.now_ms(); }
  void Listen(UniqueFd fd, Service service);
  // A connection of our own, with that handle. Its end is told in any case.
  void Connect(uint64_t id, Relay relay);
  void CloseListener(const SocketAddress& address);
  void CloseListeners();
  // Those with a role in it.
  void CloseVhost(const std::string& vhost);
  void AskToReconnect();
  void SayGoodbyeToAll(Reason reason);
  void CloseAll(Reason reason);
  // Nobody may come any more.
  bool is_closing() const { return closes_all_; }
  void AddStream(std::shared_ptr<Stream> stream) { streams_.push_back(std::move(stream)); }
  void RemoveStream(const std::shared_ptr<Stream>& stream) { std::erase(streams_, stream); }
  // Those with players.
  void AddAudience(Audience& audience) { audiences_.push_back(&audience); }
  void RemoveAudience(Audience& audience) { std::erase(audiences_, &audience); }
  // An audience has new bytes. `stream` keeps it alive until its round.
  void MarkDirty(Audience& audience, std::shared_ptr<Stream> stream);
  void Report(Event::Notice notice, const StreamKey& key, uint64_t count);
  // The numbers of those who are asked for, and what these have (`ids` in order).
  void Find(const ConnectionQuery& query, std::vector<uint64_t>& ids);
  void Collect(const std::vector<uint64_t>& ids, std::vector<ConnectionStats>& out);

  // For connections. Sweeping ones have a time limit; players are the audience's.
  void PutSweeping(Connection& connection) { sweeping_.Append(&connection); }
  void PutDraining(Connection& connection) { sweeping_.Append(&connection); }
  void ReadLater(Connection& connection);
  void WriteLater(Connection& connection);
  // What these wait for may be there.
  void Wake(const std::vector<uint64_t>& connections);
  void FlushLater(Subscriber& subscriber);
  // Those that wait to be flushed later are the audience's own again.
  void RecallHungry(Audience& audience);
  void Forget(Connection& connection, Reason reason);
  void Release(Connection& connection);

  Micros NextDue(Micros now) override;
  void RunDue(Micros now) override;

  Counter connections;
  Counter players;
  Counter bytes_in;
  Counter bytes_out;
  HttpCounters http;
  RateMeter in_rate;
  RateMeter out_rate;

 private:
  void Accept(UniqueFd fd, Service service);
  Micros DueOf(const Audience& audience) const;
  void BeginRound(Micros now);
  void RunRound();
  void RunLater();
  Connection* Find(uint64_t connection);
  void RunSome(std::deque<uint64_t>& waiting, int most, void (*run)(Connection&));
  void Sweep(Micros now);

  struct Dirty {
    std::shared_ptr<Stream> stream;  // keeps the audience alive
    Audience* audience;
  };

  Engine& engine_;
  const int index_;
  List<Connection, InRole> sweeping_;
  List<Subscriber, InRole> hungry_;
  // Handles: a connection may end before its turn comes.
  std::vector<uint64_t> unread_;
  std::deque<uint64_t> unwritten_;
  std::deque<uint64_t> woken_;
  std::vector<std::shared_ptr<Stream>> streams_;  // whose home this is
  std::vector<Audience*> audiences_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<Dirty> dirty_;
  std::vector<Dirty> round_;  // that goes on
  Buffer replies_;
  Buffer shared_;  // what ReadShared read last
  uint64_t shared_serial_ = 0;
  uint64_t shared_from_ = 0;
  RoundClock clock_;
  Micros next_round_ = INT64_MAX;
  Micros next_sweep_ = 0;
  Millis sampled_at_ = 0;
  bool closes_all_ = false;
  // Last, so that its thread ends before anything above goes.
  Reactor reactor_;
};

}  // namespace weir

#endif  // WEIR_LIVE_SHARD_H_
