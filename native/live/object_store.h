// ObjectStore: what is served over HTTP beside live streams: exact path -> immutable object. TypeScript fills it, the
// shards look objects up, and who asks for something that is to come waits here. Lifetime: the engine's; it outlives
// the shards. Thread rule: any thread; the mutex is taken once a request, and never while bytes are sent.
#ifndef WEIR_LIVE_OBJECT_STORE_H_
#define WEIR_LIVE_OBJECT_STORE_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "live/event.h"
#include "live/stored_object.h"
#include "live/viewers.h"
#include "live/waiter.h"

namespace weir {

class ObjectStore {
 public:
  ObjectStore(EventQueue& events, Millis decision_timeout) : events_(events), viewers_(decision_timeout) {}
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  // --- Commands. A key is a path, or a vhost and a path.
  // False: its view is gone.
  [[nodiscard]] bool Put(std::string key, std::shared_ptr<const StoredObject> object);
  bool Remove(const std::string& key);
  struct Promised {
    uint64_t view = 0;
    Millis hold = 0;  // a request for it waits so long
    bool is_piece = false;
  };
  // Nothing if there is an object.
  [[nodiscard]] bool Promise(std::string key, const Promised& promised);
  void SetVhosts(std::vector<std::string> names, std::optional<std::string> fallback);
  uint64_t OpenView(StreamKey key, ViewOptions options);
  bool CloseView(uint64_t view);
  // As Viewers::Follow.
  bool FollowView(uint64_t view, uint64_t source);
  // The answer to the question that this connection asked; kNone: he may. False: it asked none.
  bool Decide(uint64_t connection, Reason refusal, Millis now);

  // --- Shards.
  struct Wanted {
    std::string_view host;  // without its port
    std::string_view path;
    std::string_view query;
    PackedAddress address;
    Millis now;
  };
  struct Found {
    enum class Kind : uint8_t {
      kNothing,  // no such path
      kObject,
      kWait,     // up to `hold`, then refused for `reason`
      kAsk,      // the same, and this question must be asked; Decide answers it
      kRefused,  // for `reason`
    };
    Kind kind = Kind::kNothing;
    std::shared_ptr<const StoredObject> object = {};
    bool delta = false;  // the object's delta instead of the whole
    Millis hold = 0;
    Reason reason = Reason::kNone;
    // Of the question.
    uint64_t view = 0;
    StreamKey key = {};
    std::string query = {};  // the viewer's, not that of the request
    bool again = false;
  };
  // Without a `waiter` nothing is begun: kWait only says that there is something to wait for, and the same call with
  // one begins it. A waiter is woken at most once; its connection then looks again.
  Found Find(const Wanted& wanted, Waiter* waiter);
  void Cancel(Waiter& waiter);
  void Sweep(Millis now);

  // --- Statistics.
  struct Totals {
    uint64_t objects = 0;
    uint64_t bytes = 0;
    std::vector<std::pair<StreamKey, uint64_t>> viewers;
  };
  Totals Count() const;

 private:
  struct Entry {
    std::shared_ptr<const StoredObject> object;  // null: promised
    Promised promised;
    Waiters waiters;
  };
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };

  Entry* Lookup(const Wanted& wanted);
  std::string_view VhostOf(const Wanted& wanted) const;
  Found AskViewers(const Entry& entry, const Wanted& wanted, Waiter* waiter);
  Found FindInEntry(Entry& entry, const hls::Reload& reload, Waiter* waiter);
  bool HasView(uint64_t view) const { return view == 0 || viewers_.KeyOf(view) != nullptr; }
  void PushAll(std::vector<Event> events);

  EventQueue& events_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<std::string, Entry, KeyHash, std::equal_to<>> entries_;
  Viewers viewers_;
  std::unordered_set<std::string, KeyHash, std::equal_to<>> vhosts_;
  std::optional<std::string> fallback_;
  std::string key_;  // the one that is looked for
  uint64_t objects_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace weir

#endif  // WEIR_LIVE_OBJECT_STORE_H_
