#include "live/stream.h"

#include <utility>

#include "live/shard.h"

namespace weir {
namespace {

constexpr Millis kNoticeInterval = 10'000;

}  // namespace

Stream::Stream(StreamKey key, Shard& home, MemoryBudget& budget, const std::string& server)
    : key_(std::move(key)), home_(home), rtmp_(budget), writer_(server) {
  writer_.AddLog(rtmp_);
}

Stream::~Stream() {
  for (auto& slot : audiences_) delete slot.load(std::memory_order_relaxed);
}

Audience& Stream::AudienceOn(Shard& shard) {
  auto& slot = audiences_[static_cast<size_t>(shard.index())];
  Audience* audience = slot.load(std::memory_order_relaxed);
  if (audience == nullptr) {
    audience = new Audience(*this, rtmp_, shard);
    slot.store(audience, std::memory_order_release);
  }
  return *audience;
}

void Stream::BeginPublish(Connection& publisher, const std::string& ip, const PublishGrant& grant, Millis now) {
  publisher_ = &publisher;
  grant_ = grant;
  waits_until_ = 0;
  writer_.Begin(grant);
  published_at_.store(now, std::memory_order_relaxed);
  alive_.store(true, std::memory_order_release);
  std::lock_guard lock(mutex_);
  publisher_id_ = publisher.id();
  publisher_ip_ = ip;
}

void Stream::Write(const rtmp::Message& message, Millis now) {
  if (writer_.Write(message, now)) NotifyAudiences();
}

void Stream::NotifyAudiences() {
  for (int i = 0; i < home_.shard_count(); ++i) {
    Audience* audience = audiences_[static_cast<size_t>(i)].load(std::memory_order_acquire);
    if (audience != nullptr) audience->Notify();
  }
}

void Stream::EndPublish(Millis now) {
  publisher_ = nullptr;
  published_at_.store(0, std::memory_order_relaxed);
  waits_until_ = now + grant_.republish_wait;
  if (grant_.republish_wait == 0) Sweep(now);
  std::lock_guard lock(mutex_);
  publisher_id_ = 0;
  publisher_ip_.clear();
}

void Stream::Sweep(Millis now) {
  if (now - sampled_at_ >= RateMeter::kInterval) {
    sampled_at_ = now;
    in_rate_.Sample(writer_.bytes.get(), now);
    out_rate_.Sample(bytes_out(), now);
  }
  if (now - noticed_at_ >= kNoticeInterval) {
    noticed_at_ = now;
    ReportNotices();
  }
  if (waits_until_ == 0 || now < waits_until_) return;
  waits_until_ = 0;
  alive_.store(false, std::memory_order_release);
  if (!grant_.close_after_wait) return;
  for (int i = 0; i < home_.shard_count(); ++i) {
    Audience* audience = audiences_[static_cast<size_t>(i)].load(std::memory_order_acquire);
    if (audience == nullptr) continue;
    audience->shard().Post([stream = shared_from_this(), audience] { audience->CloseAll(Reason::kRepublishTimeout); });
  }
}

// What an operator should read, summed up over some seconds.
void Stream::ReportNotices() {
  uint64_t skips = 0;
  for (auto& slot : audiences_) {
    if (Audience* audience = slot.load(std::memory_order_acquire)) skips += audience->skips.get();
  }
  auto report = [&](Event::Notice notice, uint64_t total, uint64_t& seen) {
    if (total > seen) home_.Report(notice, key_, total - seen);
    seen = total;
  };
  report(Event::Notice::kSkipped, skips, skips_seen_);
  report(Event::Notice::kGopDropped, rtmp_.log().gops_dropped(), gops_dropped_seen_);
  report(Event::Notice::kDataDropped, writer_.drops.get(), drops_seen_);
}

uint64_t Stream::bytes_out() const {
  uint64_t sum = 0;
  for (const auto& slot : audiences_) {
    if (const Audience* audience = slot.load(std::memory_order_acquire)) sum += audience->bytes_out.get();
  }
  return sum;
}

StreamStats Stream::Snapshot(Millis now) const {
  StreamStats stats;
  stats.key = key_;
  stats.bytes_in = writer_.bytes.get();
  stats.video_frames = writer_.video_frames.get();
  stats.audio_frames = writer_.audio_frames.get();
  stats.drops = writer_.drops.get();
  stats.video_codec = writer_.video_codec.load(std::memory_order_relaxed);
  stats.audio_codec = writer_.audio_codec.load(std::memory_order_relaxed);
  stats.has_video = stats.video_frames > 0;
  stats.has_audio = stats.audio_frames > 0;
  stats.width = writer_.width.load(std::memory_order_relaxed);
  stats.height = writer_.height.load(std::memory_order_relaxed);
  stats.log_bytes = rtmp_.log().memory();
  stats.in = in_rate_.rates();
  stats.out = out_rate_.rates();
  Millis since = published_at_.load(std::memory_order_relaxed);
  stats.uptime = since == 0 ? 0 : now - since;
  for (const auto& slot : audiences_) {
    const Audience* audience = slot.load(std::memory_order_acquire);
    if (audience == nullptr) continue;
    stats.players += audience->players.get();
    stats.bytes_out += audience->bytes_out.get();
    stats.skips += audience->skips.get();
  }
  std::lock_guard lock(mutex_);
  stats.publisher = publisher_id_;
  stats.publisher_ip = publisher_ip_;
  return stats;
}

}  // namespace weir
