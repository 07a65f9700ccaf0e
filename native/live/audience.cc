#include "live/audience.h"

#include "live/shard.h"
#include "live/stream.h"
#include "live/subscriber.h"
#include "sys/tcp.h"

namespace weir {

Audience::Audience(Stream& stream, FormatLog& format, Shard& shard)
    : stream_(stream), format_(format), shard_(shard), holder_(format.log()) {}

void Audience::Configure(const StreamGrant& grant) {
  queue_length_ = grant.queue_length;
  send_timeout_ = grant.send_timeout;
  min_latency_ = grant.min_latency;
  interval_ = grant.mw_latency < 0 ? -1 : grant.mw_latency * 1000;
}

void Audience::Reconfigure(const StreamGrant& grant) {
  bool begins_anew = grant.send_timeout != send_timeout_;
  Configure(grant);
  shard_.RecallHungry(*this);
  for (auto* list : {&ready_, &pending_, &blocked_}) {
    for (Subscriber* subscriber = list->front(); subscriber != nullptr; subscriber = list->Next(subscriber)) {
      SetNoDelay(subscriber->fd(), grant.tcp_nodelay);
      if (begins_anew) subscriber->Progress();
    }
  }
  // Those whom a shorter interval serves sooner, and the hungry ones.
  if (players.get() > 0) Notify();
}

void Audience::Add(Subscriber& subscriber) {
  if (players.get() == 0) shard_.AddAudience(*this);
  players.Add(1);
  (subscriber.is_relay() ? relays : shard_.players).Add(1);
  ready_.Append(&subscriber);
}

void Audience::Remove(Subscriber& subscriber) {
  subscriber.Unlink();
  players.Subtract(1);
  (subscriber.is_relay() ? relays : shard_.players).Subtract(1);
  if (players.get() == 0) shard_.RemoveAudience(*this);
}

void Audience::PutReady(Subscriber& subscriber) { ready_.Append(&subscriber); }

void Audience::PutBlocked(Subscriber& subscriber) { blocked_.Append(&subscriber); }

void Audience::Notify() {
  if (players.get() == 0 || notified_.exchange(true, std::memory_order_acq_rel)) return;
  if (&shard_ == &stream_.home()) {
    shard_.MarkDirty(*this, stream_.shared_from_this());
  } else {
    shard_.Post([this, stream = stream_.shared_from_this()] { shard_.MarkDirty(*this, stream); });
  }
}

void Audience::BeginRound(Micros now) {
  round_began_ = now;
  // Cleared before the tail is read: what is appended from here on notifies again.
  notified_.exchange(false, std::memory_order_acq_rel);
  pending_.TakeAll(ready_);
}

bool Audience::FlushSome(int& budget) {
  while (budget > 0) {
    Subscriber* next = pending_.PopFront();
    if (next == nullptr) return true;
    --budget;
    next->Flush();
  }
  return pending_.empty();
}

void Audience::Sweep(Millis now) {
  uint64_t floor = log().floor();
  for (Subscriber* subscriber = blocked_.front(); subscriber != nullptr;) {
    Subscriber* next = blocked_.Next(subscriber);
    subscriber->CheckLag(now, floor);
    subscriber = next;
  }
  holder_.Tidy();
}

void Audience::CloseAll(Reason reason) {
  shard_.RecallHungry(*this);
  for (auto* list : {&ready_, &pending_, &blocked_}) {
    while (Subscriber* subscriber = list->front()) {
      subscriber->Flush();  // what came since the last round is theirs
      if (!subscriber->closed()) subscriber->SayGoodbye(reason);
    }
  }
}

}  // namespace weir
