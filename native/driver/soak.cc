#include "driver/soak.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "driver/crew.h"
#include "driver/decider.h"
#include "driver/http_viewer.h"
#include "driver/player.h"
#include "driver/publisher.h"
#include "driver/vandal.h"

namespace weir::driver {
namespace {

constexpr int kStreams = 5;
// A round is so long that republish_wait, time-outs and skips have their time, and so short that many engines are
// stopped.
constexpr int64_t kRoundSeconds = 10;

EngineOptions MakeEngineOptions(const Options& options) {
  EngineOptions engine;
  engine.threads = options.shards;
  engine.server = "weir-driver";
  // A vandal's connections linger: now and then there is no room.
  engine.max_connections = options.players + options.viewers + options.publishers + options.vandals + 4;
  engine.memory_limit = 512 << 20;
  engine.handshake_timeout = 1'500;
  engine.identify_timeout = 2'500;
  engine.decision_timeout = 2'000;
  engine.chunk_size = 4096;
  return engine;
}

class Round {
 public:
  Round(const Options& options, Verdict& verdict, Random random)
      : random_(random),
        world_(verdict, kStreams, options.players + options.viewers, random_),
        decider_(world_, Random(random_.Next())),
        engine_(MakeEngineOptions(options), [this] { decider_.Ring(); }) {
    for (auto& crew : crews_) crew = std::make_unique<Crew>();
    Fill(options);
  }

  [[nodiscard]] bool Start() {
    int error = 0;
    if (!engine_.Start()) return false;
    world_.address = engine_.Listen({"127.0.0.1", 0}, Service::kRtmp, error);
    if (error != 0) return false;
    world_.http_address = engine_.Listen({"127.0.0.1", 0}, Service::kHttp, error);
    if (error != 0) return false;
    decider_.Start(engine_);
    for (auto& crew : crews_) {
      if (!crew->Start()) return false;
    }
    return true;
  }

  void Stop() {
    engine_.Stop(random_.OneIn(2) ? 0 : random_.Between(1, 500));
    world_.verdict.Count(Tally::kStops);
    decider_.Finish();
    EngineStats stats = engine_.Snapshot();
    if (stats.connections != 0) world_.verdict.Fail("connections outlive the engine");
    for (const ReactorStats& reactor : stats.reactors) {
      if (reactor.players != 0 || reactor.connections != 0) world_.verdict.Fail("a reactor still counts somebody");
    }
    if (!stats.streams.empty()) world_.verdict.Fail("a stream outlives its users");
    for (auto& crew : crews_) crew->Stop();
  }

 private:
  void Fill(const Options& options) {
    auto next_crew = [this, i = 0]() mutable -> Crew& { return *crews_[static_cast<size_t>(i++) % crews_.size()]; };
    for (int i = 0; i < options.publishers; ++i) {
      Crew& crew = next_crew();
      crew.Add(std::make_unique<Publisher>(world_, crew, i, Random(random_.Next())));
    }
    for (int i = 0; i < options.players; ++i) {
      Crew& crew = next_crew();
      Player::Manner manner = i % 2 == 0 ? Player::Manner::kSlow : Player::Manner::kOrdinary;
      if (i < 2 * kStreams) manner = Player::Manner::kWitness;
      crew.Add(std::make_unique<Player>(world_, crew, i, manner, Random(random_.Next())));
    }
    for (int i = 0; i < options.viewers; ++i) {
      Crew& crew = next_crew();
      crew.Add(std::make_unique<HttpViewer>(world_, crew, options.players + i, Random(random_.Next())));
    }
    for (int i = 0; i < options.vandals; ++i) {
      Crew& crew = next_crew();
      crew.Add(std::make_unique<Vandal>(world_, crew, Random(random_.Next())));
    }
  }

  Random random_;
  World world_;
  Decider decider_;
  Engine engine_;
  std::array<std::unique_ptr<Crew>, 2> crews_;
};

}  // namespace

bool Soak(const Options& options) {
  Verdict verdict;
  Random random(options.seed);
  int64_t rounds = (options.seconds + kRoundSeconds - 1) / kRoundSeconds;
  auto length = std::chrono::milliseconds(options.seconds * 1000 / rounds);
  for (int64_t i = 0; i < rounds; ++i) {
    Round round(options, verdict, Random(random.Next()));
    if (!round.Start()) {
      verdict.Fail("no sockets or threads to begin with");
      break;
    }
    std::this_thread::sleep_for(length);
    round.Stop();
  }
  bool is_good = verdict.failures() == 0;
  std::printf("%s: seed %llu, %lld s, %d shards, violations %llu (%s)\n", is_good ? "passed" : "FAILED",
              static_cast<unsigned long long>(options.seed), static_cast<long long>(options.seconds), options.shards,
              static_cast<unsigned long long>(verdict.failures()), verdict.Summary().c_str());
  return is_good;
}

}  // namespace weir::driver
