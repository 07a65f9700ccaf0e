// The last hour, in samples of five seconds: a ring, so that it never grows.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Snapshots } from './snapshots.js';
import type { SystemSample } from './system/sampler.js';

export interface HistorySample {
  /** Unix milliseconds. */
  readonly at: number;
  readonly connections: number;
  readonly publishers: number;
  readonly players: number;
  readonly streams: number;
  readonly in_kbps: number;
  readonly out_kbps: number;
  readonly skips: number;
  readonly drops: number;
  readonly cpu: number;
  readonly system_cpu: number;
  readonly rss: number;
  readonly log_bytes: number;
  readonly round_ms: number;
  readonly round_max_ms: number;
  readonly start_delay_max_ms: number;
  readonly event_loop_delay_ms: number;
}

export interface History {
  readonly interval: number;
  /** Oldest first; those after `since` (Unix milliseconds). */
  readonly samples: (since: number) => readonly HistorySample[];
  readonly stop: () => void;
}

const interval = 5000;
const kept = 3_600_000 / interval;
const histogramResolution = 10;

export function startHistory(snapshots: Snapshots, system: () => SystemSample): History {
  const ring: HistorySample[] = [];
  const peaks = snapshots.watchPeaks();
  const loop = monitorEventLoopDelay({ resolution: histogramResolution });
  loop.enable();
  let before = snapshots.fresh();
  const take = (): void => {
    const now = snapshots.fresh();
    const { cpuShare, selfCpu } = system();
    const { round, startDelay } = peaks();
    const sum = (stats: typeof now, name: 'rounds' | 'roundTime'): number =>
      stats.reactors.reduce((total, reactor) => total + reactor[name], 0);
    const rounds = Math.max(1, sum(now, 'rounds') - sum(before, 'rounds'));
    ring.push({
      at: Date.now(),
      ...{
        connections: now.connections,
        publishers: now.publishers,
        players: now.players,
        streams: now.streams.length,
      },
      ...{ in_kbps: Math.round(now.inRate3 / 1000), out_kbps: Math.round(now.outRate3 / 1000) },
      ...{ skips: now.skips - before.skips, drops: now.drops - before.drops },
      ...{ cpu: round3(selfCpu), system_cpu: round3(cpuShare), rss: process.memoryUsage.rss() },
      log_bytes: now.logBytes,
      round_ms: round3((sum(now, 'roundTime') - sum(before, 'roundTime')) / rounds / 1000),
      ...{ round_max_ms: round / 1000, start_delay_max_ms: startDelay / 1000 },
      event_loop_delay_ms: round3(Math.max(0, loop.max / 1e6 - histogramResolution)),
    });
    loop.reset();
    if (ring.length > kept) ring.shift();
    before = now;
  };
  const timer = setInterval(take, interval);
  timer.unref();
  return {
    interval,
    samples: (since) => ring.filter(({ at }) => at > since),
    stop: () => {
      clearInterval(timer);
      loop.disable();
    },
  };
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000;
