// What must hold between a playlist and the next one at the same URL (RFC 8216, 6.2.1 and 6.2.2). Pure.

import type { Beginning, MediaList, Segment } from './list.js';

const shortestInTargets = 3;

/** A delta update, completed from the list that the client has; or what it lacks for that. */
export function complete(delta: MediaList, known: MediaList | undefined): MediaList | string {
  if (delta.skipped === 0) return delta;
  const { mediaSequence, skipped, discontinuitySequence } = delta;
  const before = known?.segments.filter(
    ({ sequence }) => sequence >= mediaSequence && sequence < mediaSequence + skipped,
  );
  if (before?.length !== skipped) return `a delta update skips ${skipped} segments that the list before does not have`;
  let map = before.at(-1)?.map;
  let discontinuities = before.at(-1)?.discontinuitySequence ?? discontinuitySequence;
  const rest = delta.segments.map((segment): Segment => {
    map = segment.map ?? map;
    if (segment.discontinuity) discontinuities += 1;
    return { ...segment, map, discontinuitySequence: discontinuities };
  });
  const pending = { ...delta.pending, map: delta.pending.map ?? map };
  return { ...delta, skipped: 0, segments: [...before, ...rest], pending };
}

export function faultsBetween(before: MediaList, now: MediaList): string[] {
  return [
    ...headFaults(before, now),
    ...before.segments.flatMap((segment) => changeFaults(segment, now)),
    ...removalFaults(before, now),
    ...pendingFaults(before, now),
  ];
}

function headFaults(before: MediaList, now: MediaList): string[] {
  const faults: string[] = [];
  if (now.mediaSequence < before.mediaSequence) faults.push('EXT-X-MEDIA-SEQUENCE goes back');
  if (endOf(now) < endOf(before)) faults.push('segments at the end are gone');
  if (now.discontinuitySequence < before.discontinuitySequence) faults.push('EXT-X-DISCONTINUITY-SEQUENCE goes back');
  if (now.version !== before.version) faults.push('EXT-X-VERSION changes');
  if (now.independent !== before.independent) faults.push('EXT-X-INDEPENDENT-SEGMENTS comes or goes');
  if (now.partTarget !== before.partTarget) faults.push('PART-TARGET changes');
  if (now.control?.partHoldBack !== before.control?.partHoldBack) faults.push('PART-HOLD-BACK changes');
  if (before.ended && JSON.stringify(before) !== JSON.stringify(now)) faults.push('the list changes after its end');
  const { targetDuration } = now;
  const longest = Math.round(Math.max(0, ...now.segments.map(({ duration }) => duration)));
  // Not even that is allowed; a key frame that does not come leaves no other way.
  const isRaised = targetDuration > before.targetDuration && longest === targetDuration;
  if (targetDuration !== before.targetDuration && !isRaised)
    faults.push(`EXT-X-TARGETDURATION changes from ${before.targetDuration} to ${targetDuration}`);
  return faults;
}

function changeFaults(before: Segment, list: MediaList): string[] {
  const now = list.segments[before.sequence - list.mediaSequence];
  if (!now) return [];
  const { uri, sequence } = before;
  const changed = (['uri', 'duration', 'title', 'discontinuity', 'date', 'map', 'gap'] as const).filter(
    (field) => before[field] !== now[field],
  );
  const faults = changed.map((field) => `the ${field} of segment ${sequence} (${uri}) changes`);
  if (before.discontinuitySequence !== now.discontinuitySequence) {
    faults.push(`the number of discontinuities before segment ${sequence} (${uri}) changes`);
  }
  return faults;
}

function removalFaults(before: MediaList, now: MediaList): string[] {
  if (now.ended || now.mediaSequence <= before.mediaSequence) return [];
  const length = now.segments.reduce((total, { duration }) => total + duration, 0);
  const shortest = shortestInTargets * now.targetDuration;
  return length < shortest - 0.001 ? [`segments are removed, and what is left is shorter than ${shortest} s`] : [];
}

/** Parts of the segment that was in the making stay what they are, and the hint comes true. */
function pendingFaults(before: MediaList, now: MediaList): string[] {
  if (before.partTarget === undefined || now.ended) return [];
  const sequence = endOf(before);
  const index = sequence - now.mediaSequence;
  const later: Beginning | undefined = now.segments[index] ?? (index === now.segments.length ? now.pending : undefined);
  if (!later || later.parts.length === 0) return [];
  const faults: string[] = [];
  for (const [at, part] of before.pending.parts.entries()) {
    const same = later.parts[at];
    if (same?.uri !== part.uri || same.duration !== part.duration) faults.push(`part ${part.uri} changes`);
  }
  const next = later.parts[before.pending.parts.length];
  if (next && before.hint !== undefined && next.uri !== before.hint) {
    faults.push(`part ${next.uri} was announced as ${before.hint}`);
  }
  return faults;
}

/** The number of the segment that comes next. */
const endOf = ({ segments, mediaSequence, skipped }: MediaList): number => mediaSequence + skipped + segments.length;
