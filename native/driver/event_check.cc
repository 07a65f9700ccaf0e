#include "driver/event_check.h"

#include <algorithm>

namespace weir::driver {
namespace {

using Type = Event::Type;

constexpr const char* kNames[] = {"connect", "publish", "play",   "published",  "unpublished", "playing",
                                  "stopped", "refused", "closed", "turnedAway", "notice",      "connectionStats"};

bool IsOfConnection(Type type) { return type != Type::kNotice && type != Type::kConnectionStats; }

}  // namespace

void EventCheck::Fail(const Event& event, const std::string& what) {
  verdict_.Fail(std::string("event ") + kNames[static_cast<int>(event.type)] + " of connection " +
                std::to_string(event.connection) + ": " + what);
}

void EventCheck::OnEvent(const Event& event) {
  if (!IsOfConnection(event.type)) return;
  if (event.type == Type::kTurnedAway) {
    if (event.connection != 0 && known_.contains(event.connection)) Fail(event, "it was announced");
    return;
  }
  if (event.type == Type::kConnect) {
    if (!known_.emplace(event.connection, Known()).second) Fail(event, "it is there already");
    alive_.push_back(event.connection);
    return;
  }
  auto found = known_.find(event.connection);
  if (event.type == Type::kPlay && found == known_.end() && !event.host.empty()) {
    found = known_.emplace(event.connection, Known()).first;  // over HTTP it begins with this
    alive_.push_back(event.connection);
  }
  if (found == known_.end()) return Fail(event, "nobody knows it");
  Known& known = found->second;
  switch (event.type) {
    case Type::kPublish:
    case Type::kPlay:
      if (known.role != Role::kNone) Fail(event, "it has a role");
      known.asked = event.type;
      break;
    case Type::kRefused:
      if (known.role != Role::kNone) Fail(event, "it has a role");
      break;
    case Type::kClosed:
      if (known.role != Role::kNone) Fail(event, "it still has its role");
      return OnGone(event);
    default:
      OnRole(event, known);
  }
}

void EventCheck::OnRole(const Event& event, Known& known) {
  bool publishes = event.type == Type::kPublished || event.type == Type::kUnpublished;
  bool begins = event.type == Type::kPublished || event.type == Type::kPlaying;
  Role role = publishes ? Role::kPublisher : Role::kPlayer;
  if (known.role != (begins ? Role::kNone : role)) Fail(event, "not in its turn");
  if (begins && known.asked != (publishes ? Type::kPublish : Type::kPlay)) Fail(event, "it did not ask for that");
  known.role = begins ? role : Role::kNone;
  if (!publishes) return;
  uint64_t& publisher = publishers_[event.key.stream];
  if (publisher != (begins ? 0 : event.connection))
    Fail(event, "the stream's publisher is " + std::to_string(publisher));
  publisher = begins ? event.connection : 0;
}

void EventCheck::OnGone(const Event& event) {
  known_.erase(event.connection);
  std::erase(alive_, event.connection);
}

void EventCheck::OnEnd() {
  for (const auto& [connection, known] : known_) {
    verdict_.Fail("connection " + std::to_string(connection) + " has not been closed");
  }
  for (const auto& [stream, publisher] : publishers_) {
    if (publisher != 0) verdict_.Fail("stream " + stream + " still has a publisher");
  }
}

}  // namespace weir::driver
