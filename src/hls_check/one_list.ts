// What one playlist must keep (RFC 8216, 4 and 8; its second edition, 4.4.3.7, 4.4.3.8, 4.4.4.9 and 4.4.5.3). Pure.

import type { ListedPart, MediaList, Segment } from './list.js';

/** Durations stand in lists with three digits. */
const rounding = 0.001;
const shortestPart = 0.85;
const partsInTargets = 3;

/** Of a whole list: delta updates are merged first. */
export function faultsOf(list: MediaList): string[] {
  return [
    ...versionFaults(list),
    ...list.segments.flatMap((segment) => segmentFaults(segment, list)),
    ...dateFaults(list.segments),
    ...controlFaults(list),
    ...partFaults(list),
  ];
}

function versionFaults({ version, segments, partTarget, skipped }: MediaList): string[] {
  const needed = Math.max(
    segments.some(({ map }) => map !== undefined) ? 6 : 1,
    skipped > 0 ? 9 : 1,
    partTarget === undefined ? 1 : 6,
  );
  return version < needed ? [`EXT-X-VERSION is ${version}, and ${needed} is needed`] : [];
}

function segmentFaults({ uri, duration }: Segment, { targetDuration }: MediaList): string[] {
  const faults: string[] = [];
  if (duration === 0) faults.push(`segment ${uri} has no duration`);
  if (Math.round(duration) > targetDuration) {
    faults.push(`segment ${uri} of ${duration} s is longer than the target duration ${targetDuration}`);
  }
  return faults;
}

function dateFaults(segments: readonly Segment[]): string[] {
  return segments.flatMap((segment, index) => {
    const before = segments[index - 1];
    if (before?.date === undefined || segment.date === undefined || segment.discontinuity) return [];
    const early = before.date + before.duration * 1000 - segment.date;
    return early > 1000 * rounding ? [`segment ${segment.uri} is dated ${early} ms before its predecessor's end`] : [];
  });
}

function controlFaults({ control, partTarget, targetDuration, hint, ended, pending }: MediaList): string[] {
  const faults: string[] = [];
  const { holdBack, partHoldBack, canSkipUntil, canBlockReload } = control ?? {};
  if (holdBack !== undefined && holdBack < 3 * targetDuration) faults.push('HOLD-BACK is below 3 target durations');
  if (canSkipUntil !== undefined && canSkipUntil < 6 * targetDuration)
    faults.push('CAN-SKIP-UNTIL is below 6 target durations');
  if (partTarget === undefined) {
    if (pending.parts.length > 0 || hint !== undefined) faults.push('there are parts, and no EXT-X-PART-INF');
    return faults;
  }
  if (!(partTarget > 0)) faults.push('EXT-X-PART-INF has no PART-TARGET');
  if (partHoldBack === undefined) faults.push('PART-HOLD-BACK is missing');
  else if (partHoldBack < 3 * partTarget - rounding) faults.push('PART-HOLD-BACK is below 3 part targets');
  if (canBlockReload !== true) faults.push('CAN-BLOCK-RELOAD is missing');
  if (ended && hint !== undefined) faults.push('EXT-X-PRELOAD-HINT in a list that has ended');
  return faults;
}

function partFaults({ segments, pending, partTarget, targetDuration }: MediaList): string[] {
  if (partTarget === undefined) return [];
  const faults: string[] = [];
  let behind = sum(pending.parts);
  for (const segment of segments.toReversed()) {
    const { parts, uri, duration } = segment;
    if (parts.length > 0) {
      const difference = Math.abs(sum(parts) - duration);
      if (difference > parts.length * rounding) faults.push(`the parts of ${uri} are ${difference.toFixed(3)} s off`);
      if (behind > partsInTargets * targetDuration)
        faults.push(`${uri} still has parts, ${behind.toFixed(3)} s from the end`);
    }
    faults.push(...lengthFaults(parts, partTarget));
    behind += duration;
  }
  return [...faults, ...lengthFaults(pending.parts, partTarget)];
}

/** The last part of a segment may be short. */
function lengthFaults(parts: readonly ListedPart[], target: number): string[] {
  return parts.flatMap(({ uri, duration, independent, gap }, index) => {
    if (duration > target + rounding / 2) return [`part ${uri} of ${duration} s is longer than ${target} s`];
    const next = parts[index + 1];
    const mayBeShort = independent || gap || next === undefined || next.gap;
    const isShort = duration < shortestPart * target - rounding / 2;
    return isShort && !mayBeShort ? [`part ${uri} of ${duration} s is shorter than 85 % of ${target} s`] : [];
  });
}

const sum = (parts: readonly ListedPart[]): number => parts.reduce((total, { duration }) => total + duration, 0);
