// The load generator: starts weir-load, hears its events, reads its result.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startChild } from './children.js';
import { loadGenerator } from './paths.js';

interface Times {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
}

export interface PlayResult {
  readonly good: boolean;
  readonly seconds: number;
  readonly joined: number;
  readonly joins: number;
  readonly rejoins: number;
  readonly lost: number;
  readonly slow: number;
  readonly slow_alive: number;
  readonly rate: {
    readonly players: number;
    readonly min_bps: number;
    readonly mean_bps: number;
    readonly max_bps: number;
    readonly outside_2_percent: number;
    readonly reads_per_second: number;
    readonly total_bps: number;
  };
  readonly connect_ms: Times;
  readonly start_ms: Times;
  readonly join_ms: Times;
  readonly sample: {
    readonly players: number;
    readonly frames: number;
    readonly corrupt: number;
    readonly gaps: number;
    readonly missing: number;
    readonly repeated: number;
    readonly backwards: number;
    readonly jumps: number;
    readonly continuity: number;
    readonly silent: number;
    readonly starts_without_key: number;
    readonly starts_late: number;
    readonly first_timestamp_max_ms: number;
    readonly latency_ms: Times;
  };
  /** Of HLS viewers only. */
  readonly hls?: {
    readonly playlists: number;
    readonly unchanged: number;
    readonly fragments: number;
    readonly late: number;
    readonly missed: number;
    readonly stalls: number;
    readonly stalled_s: number;
    readonly reconnects: number;
    readonly playlist_ms: Times;
    readonly fragment_ms: Times;
  };
  readonly errors: Readonly<Record<string, number>>;
  readonly cpu: {
    readonly own_s: number;
    readonly own_s_per_gbit: number;
    readonly watched_s?: number;
    readonly watched_s_per_gbit?: number;
  };
}

export interface FloorResult {
  readonly seconds: number;
  readonly total_bps: number;
  readonly rounds: number;
  readonly late_rounds: number;
  readonly short_sends: number;
  readonly cpu: { readonly own_s: number; readonly sender_s: number; readonly sender_s_per_gbit: number };
}

export interface AttackResult {
  readonly connections: number;
  readonly sent_bytes: number;
  readonly still_open: number;
  readonly ends: Readonly<Record<string, number>>;
}

export type Flags = Readonly<Record<string, string | number | boolean>>;

const exitUsage = 2;

export interface Running<Result> {
  /** Fails if it could not run; faults that it found are in the result. */
  readonly result: Promise<Result>;
  /** Resolves when the event has been seen; fails if it ended without. */
  readonly event: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

function asArguments(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, String(value)];
  });
}

function generate<Result>(command: string, target: readonly string[], flags: Flags): Running<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const file = join(folder, 'result.json');
  const args = [command, ...target, ...asArguments(flags), '--json', file, '--events', '--quiet'];
  const child = startChild(loadGenerator(), args);
  const seen = new Set<string>();
  const waiting = new Map<string, () => void>();
  const lines = createInterface({ input: child.process.stdout ?? process.stdin });
  lines.on('line', (line) => {
    const { event } = JSON.parse(line) as { event: string };
    seen.add(event);
    waiting.get(event)?.();
  });
  const result = child.ended.then((code) => {
    try {
      if (code === exitUsage || code < 0) throw new Error(`weir-load ${command} ended with ${code}: ${child.stderr()}`);
      return JSON.parse(readFileSync(file, 'utf8')) as Result;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  // Whoever does not ask for the result must not be ended by it.
  result.catch(() => undefined);
  const event = async (name: string) => {
    const came = new Promise<void>((resolve) => {
      if (seen.has(name)) resolve();
      else waiting.set(name, resolve);
    });
    await Promise.race([came, child.ended]);
    if (!seen.has(name)) throw new Error(`weir-load ${command} ended before '${name}': ${child.stderr()}`);
  };
  return { result, event, stop: child.stop };
}

export const play = (url: string, flags: Flags): Running<PlayResult> => generate('play', [url], flags);
export const publish = (url: string, flags: Flags): Running<unknown> => generate('publish', [url], flags);
export const attack = (url: string, flags: Flags): Running<AttackResult> => generate('attack', [url], flags);
export const floor = (flags: Flags): Running<FloorResult> => generate('floor', [], flags);
