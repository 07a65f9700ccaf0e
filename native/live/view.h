// View: the viewers of one stream who watch it by fetching objects. A viewer is who asks from one address with one
// query, whatever connections he uses. Lifetime: part of the table of viewers. Thread rule: under the store's mutex.
#ifndef WEIR_LIVE_VIEW_H_
#define WEIR_LIVE_VIEW_H_

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/reason.h"
#include "live/grant.h"
#include "live/waiter.h"

namespace weir {

struct ViewOptions {
  bool ask = false;
  Millis grant = 10'000;  // a verdict is kept so long
  Millis idle = 10'000;   // who asked for nothing so long is gone
};

struct View {
  using Ip = std::array<uint8_t, 16>;

  struct Viewer;
  struct Address {
    Viewer* newest = nullptr;  // of those that were let in
    Millis may_until = 0;      // the latest end of a verdict for one of them
    uint32_t viewers = 0;
  };
  struct Viewer {
    enum class State : uint8_t { kNew, kAsking, kMay, kMayNot };
    State state = State::kNew;
    bool has_watched = false;
    Reason refusal = Reason::kNone;
    Millis until = 0;  // the verdict's end
    Millis seen = 0;   // his last request
    Address* address = nullptr;
    std::string_view query = {};  // of his name
    Waiters waiters;              // for the verdict
  };

  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  struct IpHash {
    size_t operator()(const Ip& ip) const {
      return std::hash<std::string_view>()({reinterpret_cast<const char*>(ip.data()), ip.size()});
    }
  };

  uint64_t id = 0;
  uint64_t source = 0;  // who watches that view may have this one's pieces; 0: nobody else
  StreamKey key;
  ViewOptions options;
  std::unordered_map<std::string, Viewer, NameHash, std::equal_to<>> viewers;  // by address and query
  std::unordered_map<Ip, Address, IpHash> addresses;
  uint64_t watching = 0;
};

}  // namespace weir

#endif  // WEIR_LIVE_VIEW_H_
