// The engine's statistics for many readers. Native code gives the longest times "since the last call": whoever asked last
// would take them from all others, so that all ask here, and each gets the peaks of its own interval.

import type { EngineStats } from '../native.js';

export interface Peaks {
  /** Microseconds. */
  readonly round: number;
  readonly startDelay: number;
}

export interface Snapshots {
  readonly fresh: () => EngineStats;
  /** Not older than a moment: what a burst of requests shares. */
  readonly recent: () => EngineStats;
  /** A new reader of peaks; each call of what is returned begins its next interval. */
  readonly watchPeaks: () => () => Peaks;
}

const moment = 100;

export function openSnapshots(stats: () => EngineStats, now: () => number = () => performance.now()): Snapshots {
  const watchers: { round: number; startDelay: number }[] = [];
  let last: { readonly at: number; readonly stats: EngineStats } | undefined;
  const fresh = (): EngineStats => {
    const taken = stats();
    for (const watcher of watchers) {
      for (const { roundMax, startDelayMax } of taken.reactors) {
        watcher.round = Math.max(watcher.round, roundMax);
        watcher.startDelay = Math.max(watcher.startDelay, startDelayMax);
      }
    }
    last = { at: now(), stats: taken };
    return taken;
  };
  return {
    fresh,
    recent: () => (last && now() - last.at < moment ? last.stats : fresh()),
    watchPeaks: () => {
      const own = { round: 0, startDelay: 0 };
      watchers.push(own);
      return () => {
        const taken = { ...own };
        Object.assign(own, { round: 0, startDelay: 0 });
        return taken;
      };
    },
  };
}
