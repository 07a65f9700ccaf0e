// What was called, how it ended and how long it took, by event.

import { decidingEvents, tellingEvents, type HookEvent } from './event.js';

/** Seconds. */
export const latencyBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export interface EventStats {
  calls: number;
  /** No connection, no answer in time, or an answer that says that the server is in trouble. */
  failed: number;
  denied: number;
  /** Of all calls, in seconds. */
  seconds: number;
  /** How many took no longer than each of latencyBounds, and longer than the one before; the last has the longest. */
  readonly latency: number[];
}

export type HookStats = Readonly<Record<HookEvent, EventStats>>;

export function emptyStats(): HookStats {
  const empty = (): EventStats => ({
    calls: 0,
    failed: 0,
    denied: 0,
    seconds: 0,
    latency: new Array<number>(latencyBounds.length + 1).fill(0),
  });
  const events: readonly HookEvent[] = [...decidingEvents, ...tellingEvents];
  return Object.fromEntries(events.map((event) => [event, empty()])) as HookStats;
}

export function countCall(stats: EventStats, milliseconds: number): void {
  const seconds = milliseconds / 1000;
  const place = latencyBounds.findIndex((bound) => seconds <= bound);
  const bucket = place < 0 ? latencyBounds.length : place;
  stats.calls++;
  stats.seconds += seconds;
  stats.latency[bucket] = (stats.latency[bucket] ?? 0) + 1;
}
