// The text of a media playlist (RFC 8216; its second edition for Low-Latency HLS). Pure. docs/hls.md says what stands where.

import type { Fragment, Part } from './fragment.js';

export interface Playlist {
  /** Seconds. */
  readonly targetDuration: number;
  readonly discontinuitySequence: number;
  /** Every fragment begins with a key frame. */
  readonly isIndependent: boolean;
  readonly isEnded: boolean;
  readonly fragments: readonly Fragment[];
  /** Sequence numbers of those whose file is missing. */
  readonly missing?: ReadonlySet<number>;
  readonly lowLatency?: LowLatency;
  /** Behind each URI. */
  readonly query?: string;
  /** Lines that players pass over. */
  readonly comments?: readonly string[];
}

export interface LowLatency {
  /** Milliseconds. */
  readonly partTarget: number;
  /** The fragment in the making; undefined: none is. */
  readonly next: Pending | undefined;
}

/** A fragment of which there are only parts yet. */
export interface Pending extends Pick<Fragment, 'date' | 'discontinuity' | 'map' | 'parts'> {
  /** The part that comes next. */
  readonly hint: string;
}

/** AUTH 14.3 asks for three part targets, and RFC 8216bis for three target durations and for six. */
const holdBackInParts = 3;
const holdBackInTargets = 3;
const skipInTargets = 6;
/** Parts stand in the list so near to its end only. */
const partsInTargets = 3;

export function playlistText(list: Playlist): string {
  return text([...headOf(list), ...linesFrom(list, 0)]);
}

/** What is answered to `_HLS_skip=YES`; undefined: nothing can be skipped. */
export function deltaText(list: Playlist): string | undefined {
  const skipped = list.isEnded ? 0 : skippable(list);
  if (skipped === 0) return undefined;
  return text([...headOf(list), `#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`, ...linesFrom(list, skipped)]);
}

/** The index of the first fragment that is listed with its parts. */
export function firstWithParts({ fragments, targetDuration, lowLatency }: Playlist): number {
  let behind = sum(lowLatency?.next?.parts ?? []);
  let index = fragments.length;
  while (index > 0 && behind <= partsInTargets * targetDuration * 1000) {
    index -= 1;
    behind += fragments[index]?.duration ?? 0;
  }
  return index;
}

/** Fragments that end further from the end of the last one than CAN-SKIP-UNTIL. */
function skippable({ fragments, targetDuration }: Playlist): number {
  let behind = 0;
  let index = fragments.length;
  while (index > 0 && behind < skipInTargets * targetDuration * 1000) {
    index -= 1;
    behind += fragments[index]?.duration ?? 0;
  }
  return index;
}

function headOf(list: Playlist): string[] {
  const { targetDuration, fragments, lowLatency, isIndependent, comments = [] } = list;
  const hasMap = fragments.some(({ map }) => map !== '');
  const version = lowLatency ? 9 : hasMap ? 6 : 3;
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    ...comments.map((comment) => `## ${comment}`),
    ...(isIndependent ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    ...(lowLatency ? serverControl(targetDuration, lowLatency.partTarget) : []),
    `#EXT-X-MEDIA-SEQUENCE:${fragments[0]?.sequence ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${list.discontinuitySequence}`,
  ];
}

function serverControl(targetDuration: number, partTarget: number): string[] {
  const control = [
    'CAN-BLOCK-RELOAD=YES',
    `PART-HOLD-BACK=${seconds(holdBackInParts * partTarget)}`,
    `HOLD-BACK=${holdBackInTargets * targetDuration}`,
    `CAN-SKIP-UNTIL=${skipInTargets * targetDuration}`,
  ];
  return [`#EXT-X-SERVER-CONTROL:${control.join(',')}`, `#EXT-X-PART-INF:PART-TARGET=${seconds(partTarget)}`];
}

/** From the fragment at `first` on. Its map was told before, if it was that of the one before it. */
function linesFrom(list: Playlist, first: number): string[] {
  const { fragments, isEnded, lowLatency, missing, query = '' } = list;
  const withParts = lowLatency && !isEnded ? firstWithParts(list) : fragments.length;
  let map = first > 0 ? (fragments[first - 1]?.map ?? '') : '';
  const lines: string[] = [];
  for (const [index, fragment] of fragments.entries()) {
    if (index < first) continue;
    lines.push(...beginning(fragment, map, query));
    if (index >= withParts) lines.push(...fragment.parts.map((part) => partLine(part, query)));
    lines.push(`#EXTINF:${seconds(fragment.duration)},`);
    if (missing?.has(fragment.sequence)) lines.push('#EXT-X-GAP');
    lines.push(fragment.uri + query);
    map = fragment.map;
  }
  const next = lowLatency?.next;
  if (next && !isEnded) {
    if (next.parts.length > 0)
      lines.push(...beginning(next, map, query), ...next.parts.map((part) => partLine(part, query)));
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${next.hint}${query}"`);
  }
  if (isEnded) lines.push('#EXT-X-ENDLIST');
  return lines;
}

/** What stands before a fragment, or before its first part while it is in the making. */
function beginning(piece: Omit<Pending, 'parts' | 'hint'>, mapBefore: string, query: string): string[] {
  const { discontinuity, map, date } = piece;
  const lines: string[] = [];
  if (discontinuity) lines.push('#EXT-X-DISCONTINUITY');
  if (map !== mapBefore) lines.push(`#EXT-X-MAP:URI="${map}${query}"`);
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(date).toISOString()}`);
  return lines;
}

function partLine({ uri, duration, independent }: Part, query: string): string {
  return `#EXT-X-PART:DURATION=${seconds(duration)},URI="${uri}${query}"${independent ? ',INDEPENDENT=YES' : ''}`;
}

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
/** RTMP's milliseconds, exactly. */
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);
const sum = (parts: readonly Part[]): number => parts.reduce((total, { duration }) => total + duration, 0);
