#include "live/stream.h"

#include <algorithm>
#include <utility>

#include "live/engine.h"
#include "live/flv_log.h"
#include "live/fmp4_log.h"
#include "live/gop_copy.h"
#include "live/shard.h"
#include "live/ts_log.h"
#include "media/frame_body.h"

namespace weir {
namespace {

constexpr Millis kNoticeInterval = 10'000;

Format FormatOf(const HlsGrant& hls) { return hls.container == Container::kFmp4 ? Format::kFmp4 : Format::kTs; }

}  // namespace

Stream::Stream(StreamKey key, Shard& home, MemoryBudget& budget, const std::string& server)
    : key_(std::move(key)),
      home_(home),
      shard_count_(home.shard_count()),
      budget_(budget),
      rtmp_(budget),
      writer_(server),
      audiences_(new std::atomic<Audience*>[kFormats * kMaxShards]()) {
  formats_[static_cast<size_t>(Format::kRtmp)].store(&rtmp_, std::memory_order_release);
  writer_.AddLog(rtmp_);
}

Stream::~Stream() {
  ForEachAudience([](Audience& audience) { delete &audience; });
  for (auto& format : formats_) {
    FormatLog* log = format.load(std::memory_order_relaxed);
    if (log != &rtmp_) delete log;
  }
}

template <class Visit>
void Stream::ForEachAudience(Visit visit) const {
  for (int i = 0; i < kFormats * shard_count_; ++i) {
    if (Audience* audience = audiences_[static_cast<size_t>(i)].load(std::memory_order_acquire)) visit(*audience);
  }
}

FormatLog& Stream::OpenFormat(Format format) {
  if (FormatLog* open = LogOf(format)) return *open;
  std::unique_ptr<FormatLog> log;
  FragmentSink& sink = *this;
  switch (format) {
    case Format::kTs:
      log = std::make_unique<TsLog>(budget_, sink);
      break;
    case Format::kTsAudio:
    case Format::kTsVideo:
      log = std::make_unique<TsLog>(budget_, sink, format == Format::kTsAudio ? kAudioTrack : kVideoTrack);
      break;
    case Format::kFmp4:
      log = std::make_unique<Fmp4Log>(budget_, sink);
      break;
    default:
      log = std::make_unique<FlvLog>(budget_, format == Format::kWsFlv);
  }
  log->log().set_memory_limit(grant_.log_memory);
  CopyGop(rtmp_, *log);
  writer_.AddLog(*log);
  formats_[static_cast<size_t>(format)].store(log.get(), std::memory_order_release);
  return *log.release();
}

Audience& Stream::AudienceOn(Shard& shard, Format format) {
  int number = static_cast<int>(format) * shard_count_ + shard.index();
  auto& slot = audiences_[static_cast<size_t>(number)];
  Audience* audience = slot.load(std::memory_order_relaxed);
  if (audience == nullptr) {
    audience = new Audience(*this, *LogOf(format), shard);
    slot.store(audience, std::memory_order_release);
  }
  return *audience;
}

void Stream::BeginPublish(Connection& publisher, const std::string& ip, const PublishGrant& grant, Millis now) {
  publisher_ = &publisher;
  grant_ = grant;
  ++publishes_;
  StopWaiting();
  if (grant.hls) OpenFormat(FormatOf(*grant.hls));
  writer_.Begin(grant);
  publish_offset_.store(rtmp_.log().tail(), std::memory_order_release);
  published_at_.store(now, std::memory_order_relaxed);
  alive_.store(true, std::memory_order_release);
  std::lock_guard lock(mutex_);
  publisher_id_ = publisher.id();
  publisher_ip_ = ip;
}

void Stream::Regrant(const PublishGrant& grant) {
  const bool was_cut = grant_.hls.has_value();
  const bool goes_on = was_cut && grant.hls && grant.hls->container == grant_.hls->container;
  if (waits_until_ != 0)
    waits_until_ = std::max<Millis>(1, waits_until_ + grant.republish_wait - grant_.republish_wait);
  grant_ = grant;
  if (grant.hls && publisher_ != nullptr) OpenFormat(FormatOf(*grant.hls));
  writer_.Regrant(grant);
  if (was_cut && !goes_on) TellEnd();
  if (publisher_ != nullptr) publisher_->Regrant(grant);
  ForEachAudience([&](Audience& audience) {
    audience.shard().Post([stream = shared_from_this(), &audience, grant] { audience.Reconfigure(grant); });
  });
}

void Stream::Write(const rtmp::Message& message, Millis now) {
  if (writer_.Write(message, now)) NotifyAudiences();
}

void Stream::NotifyAudiences() {
  ForEachAudience([](Audience& audience) { audience.Notify(); });
}

void Stream::EndMedia() {
  writer_.End();
  NotifyAudiences();
}

void Stream::EndPublish(Millis now, bool is_replaced) {
  publisher_ = nullptr;
  published_at_.store(0, std::memory_order_relaxed);
  waits_until_ = now + grant_.republish_wait;
  if (!is_replaced) BeginWaiting();
  if (grant_.republish_wait == 0 && !is_replaced) Sweep(now);
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
  if (now - noticed_at_ >= kNoticeInterval && ReportNotices()) noticed_at_ = now;
  if (waits_until_ == 0 || now < waits_until_) return;
  alive_.store(false, std::memory_order_release);
  if (grant_.hls) TellEnd();
  if (grant_.close_after_wait) {
    ForEachAudience([this](Audience& audience) {
      audience.shard().Post([stream = shared_from_this(), &audience] { audience.CloseAll(Reason::kRepublishTimeout); });
    });
  }
  StopWaiting();
}

// Those who watch by HLS are no users of the stream, and it must go on for them where it ended.
void Stream::BeginWaiting() {
  if (!grant_.hls || home_.is_closing()) return;
  is_own_user_ = true;
  home_.engine().registry().Retain(*this);
}

void Stream::StopWaiting() {
  waits_until_ = 0;
  if (std::exchange(is_own_user_, false)) home_.engine().registry().Release(this);
}

void Stream::TellEnd() {
  Event event(Event::Type::kStreamEnded);
  event.key = key_;
  home_.engine().events().Push(std::move(event));
}

void Stream::OnPart(const Facts& facts, HeldRange range) { TellCut(Event::Type::kPart, facts, std::move(range)); }

void Stream::OnFragment(const Facts& facts, HeldRange range) {
  TellCut(Event::Type::kFragment, facts, std::move(range));
}

void Stream::TellCut(Event::Type type, const Facts& facts, HeldRange range) {
  Event event(type);
  event.key = key_;
  auto cut = std::make_shared<CutFacts>();
  cut->piece = facts.piece;
  cut->publish = publishes_;
  cut->bytes = range.size();
  cut->init_version = facts.init_version;
  cut->log_bytes = facts.log_bytes;
  cut->range = home_.engine().ranges().Add(std::move(range));
  event.cut = std::move(cut);
  home_.engine().events().Push(std::move(event));
}

void Stream::OnInit(uint32_t version, ByteView bytes, const std::string& codecs) {
  Event event(Event::Type::kHlsInit);
  event.key = key_;
  auto cut = std::make_shared<CutFacts>();
  cut->init_version = version;
  cut->init.assign(bytes.begin(), bytes.end());
  cut->codecs = codecs;
  event.cut = std::move(cut);
  home_.engine().events().Push(std::move(event));
}

// What an operator should read: the first of its kind at once, then summed up over some seconds.
bool Stream::ReportNotices() {
  bool reported = false;
  uint64_t skips = 0;
  uint64_t gops_dropped = 0;
  uint64_t refusals = 0;
  ForEachAudience([&](const Audience& audience) { skips += audience.skips.get(); });
  for (const auto& format : formats_) {
    const FormatLog* log = format.load(std::memory_order_acquire);
    if (log == nullptr) continue;
    gops_dropped += log->log().gops_dropped();
    refusals += log->refusals.get();
  }
  auto report = [&](Event::Notice notice, uint64_t total, uint64_t& seen) {
    if (total <= seen) return;
    home_.Report(notice, key_, total - seen);
    seen = total;
    reported = true;
  };
  report(Event::Notice::kSkipped, skips, skips_seen_);
  report(Event::Notice::kGopDropped, gops_dropped, gops_dropped_seen_);
  report(Event::Notice::kCodecUnsupported, refusals, refusals_seen_);
  report(Event::Notice::kDataDropped, writer_.drops.get(), drops_seen_);
  return reported;
}

uint64_t Stream::bytes_out() const {
  uint64_t sum = 0;
  ForEachAudience([&](const Audience& audience) { sum += audience.bytes_out.get(); });
  return sum;
}

void Stream::AddTo(VhostStats& sums) const {
  sums.bytes_in += writer_.bytes.get();
  sums.bytes_out += bytes_out();
  sums.drops += writer_.drops.get();
  ForEachAudience([&](const Audience& audience) { sums.skips += audience.skips.get(); });
}

// Metadata may tell another size than the decoder configuration, which is what players see.
void Stream::AddCodecs(StreamStats& stats) const {
  CodecFacts::Values facts = writer_.codecs.values();
  const bool is_told = facts.width != 0 && facts.height != 0;
  stats.width = is_told ? facts.width : writer_.width.load(std::memory_order_relaxed);
  stats.height = is_told ? facts.height : writer_.height.load(std::memory_order_relaxed);
  FrameInfo audio;
  audio.kind = FrameKind::kAudio;
  audio.codec = stats.audio_codec;
  if (facts.audio.empty() && CodecOf(audio) == Codec::kMp3) facts.audio = "mp4a.40.34";  // has no configuration
  const bool has_video = stats.video_codec != 0;
  const bool has_audio = stats.audio_codec != 0;
  if ((has_video && facts.video.empty()) || (has_audio && facts.audio.empty())) return;
  if (has_video) stats.codecs = facts.video;
  if (has_audio) stats.codecs += (stats.codecs.empty() ? "" : ",") + facts.audio;
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
  AddCodecs(stats);
  for (const auto& format : formats_) {
    if (const FormatLog* log = format.load(std::memory_order_acquire)) stats.log_bytes += log->log().memory();
  }
  stats.in = in_rate_.rates();
  stats.out = out_rate_.rates();
  Millis since = published_at_.load(std::memory_order_relaxed);
  stats.uptime = since == 0 ? 0 : now - since;
  ForEachAudience([&](const Audience& audience) {
    for (size_t i = 0; i < kFormats; ++i) {
      const Format format = static_cast<Format>(i);
      if (format != Format::kFmp4 && LogOf(format) == &audience.format())
        stats.players_by_protocol[PlayProtocolOf(format)] += audience.players.get() - audience.relays.get();
    }
    stats.players += audience.players.get() - audience.relays.get();
    stats.forwards += audience.relays.get();
    stats.bytes_out += audience.bytes_out.get();
    stats.skips += audience.skips.get();
  });
  std::lock_guard lock(mutex_);
  stats.publisher = publisher_id_;
  stats.publisher_ip = publisher_ip_;
  return stats;
}

}  // namespace weir
