#include "live/registry.h"

#include <utility>

#include "live/shard.h"

namespace weir {

Stream* Registry::Acquire(const StreamKey& key, Shard& home) {
  std::lock_guard lock(mutex_);
  Entry& entry = streams_[Name(key)];
  if (!entry.stream) {
    entry.stream = std::make_shared<Stream>(key, home, budget_, server_);
    home.Post([&home, stream = entry.stream] { home.AddStream(stream); });
  }
  ++entry.users;
  return entry.stream.get();
}

Stream* Registry::AcquireAlive(const StreamKey& key) {
  std::lock_guard lock(mutex_);
  auto found = streams_.find(Name(key));
  if (found == streams_.end() || !found->second.stream->alive()) return nullptr;
  ++found->second.users;
  return found->second.stream.get();
}

std::shared_ptr<Stream> Registry::Find(const StreamKey& key) const {
  std::lock_guard lock(mutex_);
  auto found = streams_.find(Name(key));
  return found == streams_.end() ? nullptr : found->second.stream;
}

void Registry::Retain(const Stream& stream) {
  std::lock_guard lock(mutex_);
  auto found = streams_.find(Name(stream.key()));
  if (found != streams_.end()) ++found->second.users;
}

void Registry::Release(Stream* released) {
  std::lock_guard lock(mutex_);
  auto found = streams_.find(Name(released->key()));
  if (found == streams_.end() || --found->second.users > 0) return;
  std::shared_ptr<Stream> stream = std::move(found->second.stream);
  stream->AddTo(ended_[stream->key().vhost]);
  streams_.erase(found);
  Shard& home = stream->home();
  // The last reference goes where the stream lived.
  home.Post([&home, stream = std::move(stream)]() mutable { home.RemoveStream(stream); });
}

std::vector<StreamStats> Registry::Snapshot(Millis now) const {
  std::lock_guard lock(mutex_);
  std::vector<StreamStats> all;
  all.reserve(streams_.size());
  for (const auto& [name, entry] : streams_) all.push_back(entry.stream->Snapshot(now));
  return all;
}

std::map<std::string, VhostStats> Registry::Vhosts() const {
  std::lock_guard lock(mutex_);
  std::map<std::string, VhostStats> sums = ended_;
  for (const auto& [name, entry] : streams_) {
    entry.stream->AddTo(sums[entry.stream->key().vhost]);
  }
  return sums;
}

}  // namespace weir
