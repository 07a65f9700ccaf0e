// The regular lines of the log: one for each stage and interval, however many clients there are (SRS calls it pithy print).
// A stage without clients says nothing.

import type { ForwardStats } from './forward/feature.js';
import type { HlsStats } from './hls/feature.js';
import type { IngestStats } from './ingest/feature.js';
import type { Log } from './log.js';
import type { EngineStats } from './native.js';
import type { TranscodeStats } from './transcode/feature.js';

export interface SummaryIntervals {
  /** Milliseconds. */
  readonly publish: number;
  readonly play: number;
  readonly hls: number;
  readonly forwarder: number;
  readonly ingester: number;
  readonly encoder: number;
}

export interface SummarySources {
  readonly engine: () => EngineStats;
  readonly hls: () => HlsStats;
  readonly forwards: () => ForwardStats;
  readonly ingests: () => IngestStats;
  readonly transcodes: () => TranscodeStats;
}

/** Returns what ends them. */
export function startSummaries(
  log: Log,
  intervals: SummaryIntervals,
  { engine, hls, forwards, ingests, transcodes }: SummarySources,
): () => void {
  const timers = [
    setInterval(() => logPublishers(log, engine()), intervals.publish),
    setInterval(playersLogger(log, engine), intervals.play),
    setInterval(hlsLogger(log, hls), intervals.hls),
    setInterval(() => logForwards(log, forwards()), intervals.forwarder),
    setInterval(() => logIngests(log, ingests()), intervals.ingester),
    setInterval(() => logEngines(log, transcodes()), intervals.encoder),
  ];
  for (const timer of timers) timer.unref();
  return () => timers.forEach(clearInterval);
}

function logPublishers(log: Log, stats: EngineStats): void {
  const { publishers, inRate3, inRate30, logBytes, heapBytes } = stats;
  if (publishers === 0) return;
  const rates = { kbps3: kbps(inRate3), kbps30: kbps(inRate30) };
  const fields = { type: 'summary', stage: 'publish', publishers, ...rates, logBytes, heapBytes };
  log.info(fields, `${publishers} publishers, ${rates.kbps30} kbit/s`);
}

function playersLogger(log: Log, stats: () => EngineStats): () => void {
  let before = stats();
  return () => {
    const now = stats();
    const { players, outRate3, outRate30 } = now;
    const last = before;
    before = now;
    if (players === 0) return;
    const rates = { kbps3: kbps(outRate3), kbps30: kbps(outRate30) };
    const skips = now.skips - last.skips;
    const fields = { type: 'summary', stage: 'play', players, ...rates, skips, ...rounds(last, now) };
    log.info(fields, `${players} players, ${rates.kbps30} kbit/s${skips > 0 ? `, ${skips} skips` : ''}`);
  };
}

function logForwards(log: Log, { copies }: ForwardStats): void {
  if (copies.length === 0) return;
  const forwarding = copies.filter(({ state }) => state === 'forwarding').length;
  const fields = { type: 'summary', stage: 'forwarder', forwards: copies.length, forwarding };
  log.info(fields, `${forwarding} of ${copies.length} forwards at work`);
}

function logIngests(log: Log, { ingests }: IngestStats): void {
  if (ingests.length === 0) return;
  const running = ingests.filter(({ state }) => state === 'running').length;
  const fields = { type: 'summary', stage: 'ingester', ingests: ingests.length, running };
  log.info(fields, `${running} of ${ingests.length} ingests at work`);
}

function logEngines(log: Log, { engines }: TranscodeStats): void {
  if (engines.length === 0) return;
  const running = engines.filter(({ state }) => state === 'running');
  // Before its first figures the speed of one is 0.
  const speeds = running.map(({ progress }) => progress.speed).filter((speed) => speed > 0);
  const slowest = speeds.length > 0 ? Math.min(...speeds) : 0;
  const fields = { type: 'summary', stage: 'encoder', engines: engines.length, running: running.length, slowest };
  const speed = slowest > 0 ? `, the slowest at ${slowest} times` : '';
  log.info(fields, `${running.length} of ${engines.length} engines of transcodes run${speed}`);
}

function hlsLogger(log: Log, stats: () => HlsStats): () => void {
  let before = stats();
  return () => {
    const now = stats();
    const { streams } = now;
    const fragments = now.fragments - before.fragments;
    const failures = now.failures - before.failures;
    before = now;
    if (streams === 0) return;
    const fields = { type: 'summary', stage: 'hls', streams, fragments, failures };
    log.info(
      fields,
      `HLS of ${streams} streams, ${fragments} fragments${failures > 0 ? `, ${failures} failures` : ''}`,
    );
  };
}

/** Mean interval and duration of the flush rounds since the last line, in milliseconds. */
function rounds(before: EngineStats, now: EngineStats): { readonly roundInterval: number; readonly roundTime: number } {
  const sum = (stats: EngineStats, field: 'rounds' | 'roundIntervals' | 'roundTime'): number =>
    stats.reactors.reduce((total, reactor) => total + reactor[field], 0);
  const since = (field: 'rounds' | 'roundIntervals' | 'roundTime'): number => sum(now, field) - sum(before, field);
  const count = Math.max(1, since('rounds'));
  const mean = (micros: number): number => Math.round(micros / count) / 1000;
  return { roundInterval: mean(since('roundIntervals')), roundTime: mean(since('roundTime')) };
}

const kbps = (bitsPerSecond: number): number => Math.round(bitsPerSecond / 1000);
