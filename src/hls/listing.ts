// What of a window a playlist names: only what can be fetched. The newest fragments may still be on their way to the disk, and
// some may have been lost there. Pure.

import type { Entry } from './assembly.js';
import type { Playlist } from './playlist.js';
import type { Window } from './window.js';

export type Readiness = 'waiting' | 'lost' | 'there';

/** `ready` says where a fragment stands. What was lost is a gap, but not at the beginning; undefined: nothing to list. */
export function listingOf(
  window: Window<Entry>,
  ready: (entry: Entry) => Readiness,
): Omit<Playlist, 'isEnded'> | undefined {
  const entries = window.listed;
  const states = entries.map(ready);
  const first = states.findIndex((state) => state !== 'lost');
  const end = states.indexOf('waiting');
  const fragments = first < 0 ? [] : entries.slice(first, end < 0 ? undefined : end);
  if (fragments.length === 0) return undefined;
  const before = entries.slice(0, first);
  const lost = fragments.filter((_, index) => states[first + index] === 'lost');
  return {
    targetDuration: window.targetDuration,
    discontinuitySequence: window.discontinuitySequence + before.filter(({ discontinuity }) => discontinuity).length,
    isIndependent: window.isIndependent,
    fragments,
    missing: new Set(lost.map(({ sequence }) => sequence)),
  };
}
