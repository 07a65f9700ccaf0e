// Registry: the streams of the engine by name. A stream is there as long as somebody publishes or plays it.
// Lifetime: the engine's. Thread rule: any thread; the mutex is taken when somebody comes or goes.
#ifndef WEIR_LIVE_REGISTRY_H_
#define WEIR_LIVE_REGISTRY_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "live/stream.h"

namespace weir {

class Registry {
 public:
  Registry(MemoryBudget& budget, std::string server) : budget_(budget), server_(std::move(server)) {}

  // The stream, made with that home if it is new. The caller is one more user of it: it stays until he calls Release.
  Stream* Acquire(const StreamKey& key, Shard& home);
  // The same, but null if nobody publishes it nor is expected back.
  Stream* AcquireAlive(const StreamKey& key);
  // Null if there is none. Nobody becomes a user of it.
  std::shared_ptr<Stream> Find(const StreamKey& key) const;
  // One user more.
  void Retain(const Stream& stream);
  // One user less; the last one ends the stream.
  void Release(Stream* stream);

  std::vector<StreamStats> Snapshot(Millis now) const;
  // Sums over all streams that are and were.
  std::map<std::string, VhostStats> Vhosts() const;

 private:
  struct Entry {
    std::shared_ptr<Stream> stream;
    int users = 0;
  };
  static std::string Name(const StreamKey& key) { return key.vhost + '/' + key.app + '/' + key.stream; }

  MemoryBudget& budget_;
  const std::string server_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> streams_;
  std::map<std::string, VhostStats> ended_;  // of streams that are gone
};

}  // namespace weir

#endif  // WEIR_LIVE_REGISTRY_H_
