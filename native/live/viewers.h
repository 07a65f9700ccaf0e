// Viewers: the views of the engine, and whether their viewers may watch: TypeScript is asked once for each viewer and
// its verdict is kept for a while. Lifetime: the object store's. Thread rule: under the store's mutex.
#ifndef WEIR_LIVE_VIEWERS_H_
#define WEIR_LIVE_VIEWERS_H_

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/slot_map.h"
#include "live/event.h"
#include "live/view.h"
#include "sys/tcp.h"

namespace weir {

class Viewers {
 public:
  // What viewers may take of memory in all; one more is refused.
  static constexpr size_t kMaxMemory = 64 << 20;
  // Of one view from one address: a whole town behind one, but no single host that fills the table.
  static constexpr uint32_t kMaxOfAddress = 4096;

  explicit Viewers(Millis decision_timeout) : decision_timeout_(decision_timeout) {}

  struct Who {
    uint64_t view;
    std::string_view query;  // without directives
    PackedAddress address;
    Millis now;
  };
  struct Answer {
    enum class Kind : uint8_t {
      kYes,
      kNo,    // for `reason`
      kWait,  // for a verdict that was asked for
      kAsk,   // the same, and the caller must ask
    };
    Kind kind = Kind::kYes;
    Reason reason = Reason::kNone;
    // kAsk:
    uint64_t view = 0;            // that he is a viewer of
    bool again = false;           // he was let in before
    std::string_view query = {};  // what he asked for the list with: a piece has none. Valid while he is
  };

  uint64_t Open(StreamKey key, ViewOptions options);
  bool Close(uint64_t view, Wakeups& wakeups, std::vector<Event>& events);
  // Who watches `source` may have the pieces of `view`, which were made of it: players change between them. False: it
  // is gone.
  bool Follow(uint64_t view, uint64_t source);
  // Null: there is no such view any more.
  const StreamKey* KeyOf(uint64_t view) const;

  // May he have a list, or a piece? Without a `waiter` nothing is begun: kWait only says that he must wait, and the
  // same call with one makes him do so. REQUIRES: the view is there.
  Answer AskForList(const Who& who, Waiter* waiter);
  Answer AskForPiece(const Who& who, Waiter* waiter);

  // The answer to the question that this connection asked; kNone: he may. False: it asked none.
  bool Decide(uint64_t connection, Reason refusal, Millis now, Wakeups& wakeups);
  // Who is gone, and questions that nobody answered.
  void Sweep(Millis now, Wakeups& wakeups, std::vector<Event>& events);

  // How long somebody waits for a verdict at most.
  Millis patience() const { return decision_timeout_ + 2000; }

  // Calls `add(key, viewers)` for each view.
  template <class Add>
  void Count(Add add) const {
    views_.ForEach([&](const std::unique_ptr<View>& view) { add(view->key, view->watching); });
  }

 private:
  struct Question {
    View* view;
    View::Viewer* viewer;
    Millis until;
  };

  View* Find(uint64_t id) const;
  Answer AskAtAddress(View& view, const Who& who, Waiter* waiter);
  Answer Look(View& view, View::Viewer& viewer, const Who& who, Waiter* waiter);
  View::Viewer* FindOrAdd(View& view, const Who& who);
  void Settle(const Question& question, Reason refusal, Millis now, Wakeups& wakeups);
  // The viewer whose name is `name`.
  Event Left(const View& view, std::string_view name) const;
  void SweepView(View& view, Millis now, std::vector<Event>& events);

  const Millis decision_timeout_;
  SlotMap<std::unique_ptr<View>> views_;
  std::unordered_map<uint64_t, Question> questions_;  // by the connection that asked
  size_t memory_ = 0;
  Millis next_sweep_ = 0;
};

}  // namespace weir

#endif  // WEIR_LIVE_VIEWERS_H_
