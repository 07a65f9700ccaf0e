#include "driver/memory.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "driver/allocations.h"
#include "driver/audience_process.h"
#include "live/engine.h"

namespace weir::driver {
namespace {

constexpr uint32_t kFew = 300;
constexpr uint32_t kMany = 9'000;
constexpr double kLargest = 512;  // bytes that a player may cost, malloc's rounding included
// Two sweeps of the rates; by then nothing of the joins is left.
constexpr auto kSettle = std::chrono::seconds(7);

// Accepts everything and remembers nothing, as JavaScript does with players.
class Accepter {
 public:
  explicit Accepter(Engine& engine) : engine_(engine), thread_([this] { Run(); }) {}
  ~Accepter() {
    ends_ = true;
    thread_.join();
  }

 private:
  void Run() {
    while (!ends_) {
      for (const Event& event : engine_.TakeEvents()) Answer(event);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  void Answer(const Event& event) {
    const StreamKey key{"__defaultVhost__", "live", event.name};
    if (event.type == Event::Type::kConnect) {
      engine_.Decide(event.connection, {Request::kConnect, AcceptedConnect{}});
    } else if (event.type == Event::Type::kPublish) {
      PublishGrant grant;
      grant.key = key;
      engine_.Decide(event.connection, {Request::kPublish, grant});
    } else if (event.type == Event::Type::kPlay) {
      PlayGrant grant;
      grant.key = key;
      engine_.Decide(event.connection, {Request::kPlay, grant});
    }
  }

  Engine& engine_;
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

}  // namespace

bool MeasureMemory(const Options& options) {
  if (!CountsAllocations()) {
    std::fprintf(stderr, "weir-driver: a sanitizer counts memory itself\n");
    return false;
  }
  AudienceProcess audience;
  EngineOptions engine_options;
  engine_options.threads = options.shards;
  engine_options.max_connections = 2 * kMany;
  Engine engine(engine_options, [] {});
  int error = 0;
  if (!engine.Start()) return false;
  uint16_t port = engine.Listen({"127.0.0.1", 0}, Service::kRtmp, error).port;
  if (error != 0) return false;
  Accepter accepter(engine);
  Allocated at[2];
  for (int i = 0; i < 2; ++i) {
    uint32_t players = i == 0 ? kFew : kMany;
    if (!audience.Grow(port, players)) {
      std::fprintf(stderr, "weir-driver: %u players were not served\n", players);
      return false;
    }
    std::this_thread::sleep_for(kSettle);
    at[i] = AllocatedNow();
    std::printf("%u players: %lld blocks, %lld bytes requested, %lld usable\n", players,
                static_cast<long long>(at[i].blocks), static_cast<long long>(at[i].requested),
                static_cast<long long>(at[i].usable));
  }
  auto each = [](int64_t few, int64_t many) { return static_cast<double>(many - few) / (kMany - kFew); };
  double usable = each(at[0].usable, at[1].usable);
  std::printf("a player: %.1f blocks, %.1f bytes requested, %.1f usable\n", each(at[0].blocks, at[1].blocks),
              each(at[0].requested, at[1].requested), usable);
  return usable <= kLargest;
}

}  // namespace weir::driver
