#include "live/object_store.h"

#include <utility>

#include "proto/http/query.h"

namespace weir {

bool ObjectStore::Put(std::string key, std::shared_ptr<const StoredObject> object) {
  Wakeups wakeups;
  {
    std::lock_guard lock(mutex_);
    if (!HasView(object->view)) return false;
    Entry& entry = entries_[std::move(key)];
    bytes_ += object->memory() - (entry.object ? entry.object->memory() : 0);
    if (!entry.object) ++objects_;
    entry.object.swap(object);  // the old one is freed without the mutex: that may close files
    const std::optional<LiveList>& live = entry.object->live;
    if (!live) {
      wakeups.AddAll(entry.waiters);
    } else {
      for (Waiter* waiter = entry.waiters.front(); waiter != nullptr;) {
        Waiter* next = entry.waiters.Next(waiter);
        if (hls::Check(live->end, waiter->reload) != hls::Readiness::kNotYet) wakeups.Add(*waiter);
        waiter = next;
      }
    }
  }
  wakeups.Send();
  return true;
}

bool ObjectStore::Remove(const std::string& key) {
  Wakeups wakeups;
  std::shared_ptr<const StoredObject> object;
  {
    std::lock_guard lock(mutex_);
    auto found = entries_.find(key);
    if (found == entries_.end()) return false;
    object = std::move(found->second.object);
    if (object) {
      --objects_;
      bytes_ -= object->memory();
    }
    wakeups.AddAll(found->second.waiters);
    entries_.erase(found);
  }
  wakeups.Send();
  return true;
}

bool ObjectStore::Promise(std::string key, const Promised& promised) {
  std::lock_guard lock(mutex_);
  if (!HasView(promised.view)) return false;
  Entry& entry = entries_[std::move(key)];
  if (!entry.object) entry.promised = promised;
  return true;
}

void ObjectStore::SetVhosts(std::vector<std::string> names, std::optional<std::string> fallback) {
  std::lock_guard lock(mutex_);
  vhosts_ = {names.begin(), names.end()};
  fallback_ = std::move(fallback);
}

uint64_t ObjectStore::OpenView(StreamKey key, ViewOptions options) {
  std::lock_guard lock(mutex_);
  return viewers_.Open(std::move(key), options);
}

bool ObjectStore::FollowView(uint64_t view, uint64_t source) {
  std::lock_guard lock(mutex_);
  return viewers_.Follow(view, source);
}

bool ObjectStore::CloseView(uint64_t view) {
  Wakeups wakeups;
  std::vector<Event> events;
  bool was_there;
  {
    std::lock_guard lock(mutex_);
    was_there = viewers_.Close(view, wakeups, events);
  }
  wakeups.Send();
  PushAll(std::move(events));
  return was_there;
}

bool ObjectStore::Decide(uint64_t connection, Reason refusal, Millis now) {
  Wakeups wakeups;
  bool has_asked;
  {
    std::lock_guard lock(mutex_);
    has_asked = viewers_.Decide(connection, refusal, now, wakeups);
  }
  wakeups.Send();
  return has_asked;
}

ObjectStore::Found ObjectStore::Find(const Wanted& wanted, Waiter* waiter) {
  std::lock_guard lock(mutex_);
  Entry* entry = Lookup(wanted);
  if (entry == nullptr) return {};
  Found verdict = AskViewers(*entry, wanted, waiter);
  if (verdict.kind != Found::Kind::kObject) return verdict;
  return FindInEntry(*entry, hls::ParseReload(wanted.query), waiter);
}

// kObject: nothing speaks against it.
ObjectStore::Found ObjectStore::AskViewers(const Entry& entry, const Wanted& wanted, Waiter* waiter) {
  uint64_t view = entry.object ? entry.object->view : entry.promised.view;
  if (view == 0) return {.kind = Found::Kind::kObject};
  const StreamKey* key = viewers_.KeyOf(view);
  if (key == nullptr) return {.kind = Found::Kind::kRefused, .reason = Reason::kObjectNotFound};
  std::string query = hls::WithoutDirectives(wanted.query);
  Viewers::Who who{view, query, wanted.address, wanted.now};
  bool is_piece = entry.object ? entry.object->is_piece : entry.promised.is_piece;
  Viewers::Answer answer = is_piece ? viewers_.AskForPiece(who, waiter) : viewers_.AskForList(who, waiter);
  switch (answer.kind) {
    case Viewers::Answer::Kind::kYes:
      return {.kind = Found::Kind::kObject};
    case Viewers::Answer::Kind::kNo:
      return {.kind = Found::Kind::kRefused, .reason = answer.reason};
    case Viewers::Answer::Kind::kWait:
      return {.kind = Found::Kind::kWait, .hold = viewers_.patience(), .reason = Reason::kDecisionTimeout};
    case Viewers::Answer::Kind::kAsk:
      break;
  }
  return {.kind = Found::Kind::kAsk,
          .hold = viewers_.patience(),
          .reason = Reason::kDecisionTimeout,
          .view = answer.view,
          .key = *viewers_.KeyOf(answer.view),
          .query = std::string(answer.query),
          .again = answer.again};
}

ObjectStore::Found ObjectStore::FindInEntry(Entry& entry, const hls::Reload& reload, Waiter* waiter) {
  Millis hold = entry.promised.hold;
  if (entry.object) {
    const std::optional<LiveList>& live = entry.object->live;
    hls::Readiness readiness = live ? hls::Check(live->end, reload) : hls::Readiness::kReady;
    if (readiness == hls::Readiness::kInvalid) {
      return {.kind = Found::Kind::kRefused, .reason = Reason::kHlsReloadInvalid};
    }
    if (readiness == hls::Readiness::kReady) {
      bool delta = live && live->delta && reload.skip && !live->end.has_ended;
      return {.kind = Found::Kind::kObject, .object = entry.object, .delta = delta};
    }
    hold = live->hold;
  }
  if (waiter != nullptr) {
    waiter->reload = reload;
    entry.waiters.Append(waiter);
  }
  return {.kind = Found::Kind::kWait, .hold = hold, .reason = Reason::kObjectOverdue};
}

ObjectStore::Entry* ObjectStore::Lookup(const Wanted& wanted) {
  std::string_view vhost = VhostOf(wanted);
  if (!vhost.empty()) {
    key_.assign(vhost).append(wanted.path);
    auto own = entries_.find(key_);
    if (own != entries_.end()) return &own->second;
  }
  auto shared = entries_.find(wanted.path);
  return shared == entries_.end() ? nullptr : &shared->second;
}

std::string_view ObjectStore::VhostOf(const Wanted& wanted) const {
  auto asked = vhosts_.end();
  if (wanted.query.find("vhost") != std::string_view::npos) {
    asked = vhosts_.find(http::FindParam(wanted.query, "vhost").value_or(""));
  }
  if (asked == vhosts_.end()) asked = vhosts_.find(wanted.host);
  if (asked != vhosts_.end()) return *asked;
  return fallback_ ? std::string_view(*fallback_) : std::string_view();
}

void ObjectStore::Cancel(Waiter& waiter) {
  std::lock_guard lock(mutex_);
  waiter.Unlink();
}

void ObjectStore::Sweep(Millis now) {
  Wakeups wakeups;
  std::vector<Event> events;
  {
    std::lock_guard lock(mutex_);
    viewers_.Sweep(now, wakeups, events);
  }
  wakeups.Send();
  PushAll(std::move(events));
}

void ObjectStore::PushAll(std::vector<Event> events) {
  for (Event& event : events) events_.Push(std::move(event));
}

ObjectStore::Totals ObjectStore::Count() const {
  std::lock_guard lock(mutex_);
  Totals totals{objects_, bytes_, {}};
  viewers_.Count([&](const StreamKey& key, uint64_t viewers) { totals.viewers.emplace_back(key, viewers); });
  return totals;
}

}  // namespace weir
