#include "driver/world.h"

namespace weir::driver {
namespace {

constexpr int kKinds = 5;

void ConfigureKind(int kind, Plan& plan, PublishGrant& grant) {
  switch (kind) {
    case 0:  // as most are: nothing is ever lost, players wait for the publisher's return
      grant.republish_wait = 60'000;
      break;
    case 1:  // impatient: whoever lags is skipped, whoever stalls is closed
      grant.queue_length = 800;
      grant.send_timeout = 4'000;
      grant.min_latency = true;
      grant.takeover = true;
      grant.close_after_wait = true;
      break;
    case 2:  // short of memory
      grant.log_memory = 1 << 20;
      grant.queue_length = 2'000;
      grant.send_timeout = 2'500;
      grant.republish_wait = 300;
      grant.close_after_wait = true;
      plan.begins_with_key = false;
      plan.has_audio_phases = true;
      break;
    case 3:  // no GOP, little chunks, time jitter zero
      grant.gop_cache = false;
      grant.time_jitter = TimeJitter::kZero;
      grant.chunk_size = 128;
      grant.queue_length = 1'500;
      grant.mw_latency = 80;
      plan.begins_with_key = false;
      plan.is_one_clock = false;
      break;
    default:  // absolute times
      grant.atc = true;
      grant.chunk_size = 4096;
      grant.takeover = true;
      grant.republish_wait = 2'000;
      plan.is_one_clock = false;
  }
}

Plan MakePlan(int index, Random& random) {
  Plan plan;
  PublishGrant& grant = plan.publish;
  ConfigureKind(index % kKinds, plan, grant);
  grant.key = {"__defaultVhost__", "live", StreamName(static_cast<uint32_t>(index))};
  grant.first_packet_timeout = 3'000;
  grant.normal_timeout = 2'000;
  if (random.OneIn(2)) grant.tcp_nodelay = true;
  static_cast<StreamGrant&>(plan.play) = grant;
  return plan;
}

}  // namespace

World::World(Verdict& verdict_of, int streams, int players, Random& random) : verdict(verdict_of) {
  for (int i = 0; i < streams; ++i) {
    plans.push_back(MakePlan(i, random));
    ledgers.push_back(std::make_unique<Ledger>());
  }
  for (int i = 0; i < players; ++i) gaps.push_back(std::make_unique<GapRecord>(0));
}

}  // namespace weir::driver
