#include "live/viewers.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir {
namespace {

constexpr Millis kSweepInterval = 1000;
// A refusal for want of an answer is forgotten soon: it says nothing about the viewer.
constexpr Millis kUnansweredGrant = 1000;
constexpr size_t kViewerMemory = sizeof(View::Viewer) + sizeof(View::Address) + 128;  // with what the tables add

View::Ip IpOf(const PackedAddress& address) {
  View::Ip ip;
  std::copy_n(address.ip, ip.size(), ip.begin());
  return ip;
}

constexpr size_t kIpSize = sizeof(View::Ip);

std::string NameOf(const View::Ip& ip, std::string_view query) {
  std::string name(reinterpret_cast<const char*>(ip.data()), ip.size());
  return name.append(query);
}

View::Ip IpOfName(std::string_view name) {
  View::Ip ip;
  std::memcpy(ip.data(), name.data(), ip.size());
  return ip;
}

}  // namespace

uint64_t Viewers::Open(StreamKey key, ViewOptions options) {
  auto view = std::make_unique<View>();
  View& opened = *view;
  opened.key = std::move(key);
  opened.options = options;
  opened.id = views_.Add(std::move(view));
  return opened.id;
}

bool Viewers::Close(uint64_t id, Wakeups& wakeups, std::vector<Event>& events) {
  std::unique_ptr<View>* found = views_.Find(id);
  if (found == nullptr) return false;
  View& view = **found;
  for (auto& [name, viewer] : view.viewers) {
    wakeups.AddAll(viewer.waiters);
    if (viewer.has_watched && view.options.ask) events.push_back(Left(view, name));
    memory_ -= kViewerMemory + name.size();
  }
  std::erase_if(questions_, [&](const auto& question) { return question.second.view == &view; });
  return views_.Remove(id);
}

bool Viewers::Follow(uint64_t id, uint64_t source) {
  View* view = Find(id);
  if (view == nullptr) return false;
  view->source = source;
  return true;
}

View* Viewers::Find(uint64_t id) const {
  const std::unique_ptr<View>* found = views_.Find(id);
  return found == nullptr ? nullptr : found->get();
}

const StreamKey* Viewers::KeyOf(uint64_t id) const {
  const View* view = Find(id);
  return view == nullptr ? nullptr : &view->key;
}

Viewers::Answer Viewers::AskForList(const Who& who, Waiter* waiter) {
  View& view = **views_.Find(who.view);
  View::Viewer* viewer = FindOrAdd(view, who);
  if (viewer == nullptr) {
    // Who need not ask is served all the same: he is just not counted.
    if (!view.options.ask) return {};
    return {.kind = Answer::Kind::kNo, .reason = Reason::kTooManyViewers};
  }
  viewer->seen = who.now;
  if (!view.options.ask) {
    if (!std::exchange(viewer->has_watched, true)) ++view.watching;
    return {};
  }
  return Look(view, *viewer, who, waiter);
}

Viewers::Answer Viewers::AskForPiece(const Who& who, Waiter* waiter) {
  View& view = **views_.Find(who.view);
  if (!view.options.ask) return {};
  Answer own = AskAtAddress(view, who, waiter);
  View* source = own.kind == Answer::Kind::kNo ? Find(view.source) : nullptr;
  // A source that nobody is asked about has no viewers to follow.
  return source != nullptr && source->options.ask ? AskAtAddress(*source, who, waiter) : own;
}

Viewers::Answer Viewers::AskAtAddress(View& view, const Who& who, Waiter* waiter) {
  auto address = view.addresses.find(IpOf(who.address));
  View::Viewer* newest = address == view.addresses.end() ? nullptr : address->second.newest;
  if (newest != nullptr) newest->seen = who.now;
  if (address != view.addresses.end() && address->second.may_until > who.now) return {};
  if (newest == nullptr) return {.kind = Answer::Kind::kNo, .reason = Reason::kNotAViewer};
  // His verdict has just run out, and a piece is the next thing that he wants.
  return Look(view, *newest, who, waiter);
}

Viewers::Answer Viewers::Look(View& view, View::Viewer& viewer, const Who& who, Waiter* waiter) {
  using State = View::Viewer::State;
  if (viewer.state == State::kMay && viewer.until > who.now) {
    viewer.address->newest = &viewer;
    return {};
  }
  if (viewer.state == State::kMayNot && viewer.until > who.now) {
    return {.kind = Answer::Kind::kNo, .reason = viewer.refusal};
  }
  if (waiter == nullptr) return {.kind = Answer::Kind::kWait};
  viewer.waiters.Append(waiter);
  if (viewer.state == State::kAsking) return {.kind = Answer::Kind::kWait};
  viewer.state = State::kAsking;
  questions_[waiter->connection] = {&view, &viewer, who.now + decision_timeout_};
  return {.kind = Answer::Kind::kAsk, .view = view.id, .again = viewer.has_watched, .query = viewer.query};
}

View::Viewer* Viewers::FindOrAdd(View& view, const Who& who) {
  View::Ip ip = IpOf(who.address);
  std::string name = NameOf(ip, who.query);
  auto found = view.viewers.find(name);
  if (found != view.viewers.end()) return &found->second;
  size_t needed = kViewerMemory + name.size();
  if (memory_ + needed > kMaxMemory) return nullptr;
  View::Address& address = view.addresses[ip];
  if (address.viewers == kMaxOfAddress) return nullptr;
  memory_ += needed;
  ++address.viewers;
  auto added = view.viewers.try_emplace(std::move(name)).first;
  View::Viewer& viewer = added->second;
  viewer.address = &address;
  viewer.query = std::string_view(added->first).substr(kIpSize);
  return &viewer;
}

bool Viewers::Decide(uint64_t connection, Reason refusal, Millis now, Wakeups& wakeups) {
  auto found = questions_.find(connection);
  if (found == questions_.end()) return false;
  Question question = found->second;
  questions_.erase(found);
  Settle(question, refusal, now, wakeups);
  return true;
}

void Viewers::Settle(const Question& question, Reason refusal, Millis now, Wakeups& wakeups) {
  auto& [view, viewer, until] = question;
  wakeups.AddAll(viewer->waiters);
  if (refusal == Reason::kNone) {
    viewer->state = View::Viewer::State::kMay;
    viewer->until = now + view->options.grant;
    viewer->address->newest = viewer;
    viewer->address->may_until = std::max(viewer->address->may_until, viewer->until);
    if (!std::exchange(viewer->has_watched, true)) ++view->watching;
    return;
  }
  bool is_answered = refusal != Reason::kDecisionTimeout;
  viewer->state = View::Viewer::State::kMayNot;
  viewer->refusal = refusal;
  viewer->until = now + (is_answered ? view->options.grant : std::min(view->options.grant, kUnansweredGrant));
  // Another viewer behind the same address is let in by his own next request.
  if (viewer->address->newest == viewer) viewer->address->newest = nullptr;
  if (is_answered && std::exchange(viewer->has_watched, false)) --view->watching;
}

Event Viewers::Left(const View& view, std::string_view name) const {
  Event event(Event::Type::kViewerLeft);
  event.view = view.id;
  event.key = view.key;
  PackedAddress address;
  std::copy_n(IpOfName(name).begin(), kIpSize, address.ip);
  event.ip = Unpack(address).host;
  event.query = name.substr(kIpSize);
  return event;
}

void Viewers::Sweep(Millis now, Wakeups& wakeups, std::vector<Event>& events) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepInterval;
  for (auto question = questions_.begin(); question != questions_.end();) {
    if (question->second.until > now) {
      ++question;
    } else {
      Settle(question->second, Reason::kDecisionTimeout, now, wakeups);
      question = questions_.erase(question);
    }
  }
  views_.ForEach([&](const std::unique_ptr<View>& view) { SweepView(*view, now, events); });
}

void Viewers::SweepView(View& view, Millis now, std::vector<Event>& events) {
  for (auto it = view.viewers.begin(); it != view.viewers.end();) {
    View::Viewer& viewer = it->second;
    bool is_held = viewer.state == View::Viewer::State::kAsking || !viewer.waiters.empty();
    Millis idle = viewer.has_watched ? view.options.idle : 0;
    if (is_held || viewer.until > now || viewer.seen + idle > now) {
      ++it;
      continue;
    }
    if (viewer.has_watched) {
      --view.watching;
      if (view.options.ask) events.push_back(Left(view, it->first));
    }
    View::Address& address = *viewer.address;
    if (address.newest == &viewer) address.newest = nullptr;
    if (--address.viewers == 0) view.addresses.erase(IpOfName(it->first));
    memory_ -= kViewerMemory + it->first.size();
    it = view.viewers.erase(it);
  }
}

}  // namespace weir
