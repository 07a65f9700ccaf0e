// Follows a playlist at its URL as a player does: reloads it, waits for parts where the server can be waited for, fetches what is
// new in it, and checks all of that.

import { HlsChecker, type Taken } from './checker.js';
import type { MediaList, Segment } from './list.js';
import { isMultivariant } from './parse.js';

/** Checks the bytes of fragments that follow each other. */
export interface PieceChecker {
  push(bytes: Uint8Array): void;
  faults(): readonly string[];
}

export interface FollowOptions {
  readonly url: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly fault: (text: string) => void;
  /** For MPEG-TS. */
  readonly pieceChecker: () => PieceChecker;
}

export interface Followed {
  readonly lists: number;
  readonly segments: number;
  readonly parts: number;
  /** Seconds of the segments. */
  readonly length: number;
  readonly raises: number;
  readonly last: MediaList | undefined;
}

const listTypes = ['application/vnd.apple.mpegurl', 'audio/mpegurl'];
/** RFC 8216, 6.2.1: of the target duration. */
const longestSilence = 1.5;
const millis = 1000;
/** hls.js gives up then, too. */
const patience = 10_000;

/** Resolves when the list has ended, or the signal came. */
export async function follow(options: FollowOptions): Promise<Followed> {
  const follower = new Follower(options);
  try {
    while (!options.signal.aborted && (await follower.step())) await follower.pause();
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  return follower.report();
}

class Follower {
  readonly #options: FollowOptions;
  readonly #checker = new HlsChecker();
  readonly #seenParts = new Set<string>();
  #pieces: { readonly checker: PieceChecker; told: number } | undefined;
  #list: MediaList | undefined;
  #segments = 0;
  #parts = 0;
  #length = 0;
  #changedAt = 0;
  #isChanged = true;

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  report(): Followed {
    const { lists, raises } = this.#checker.counts;
    const counts = { segments: this.#segments, parts: this.#parts, length: this.#length };
    return { lists, raises, last: this.#list, ...counts };
  }

  /** One playlist, and what is new in it. False: it is the last one. */
  async step(): Promise<boolean> {
    const answer = await this.#fetch(this.#nextUrl(), 'the playlist');
    if (!answer) return false;
    if (!listTypes.includes(answer.type)) this.#options.fault(`the playlist is served as ${answer.type}`);
    const text = new TextDecoder().decode(answer.bytes);
    if (isMultivariant(text)) {
      this.#options.fault('it is a multivariant playlist: check the playlists that it names');
      return false;
    }
    const taken = this.#checker.take(text);
    for (const fault of taken.faults) this.#options.fault(fault);
    if (!taken.list) return true;
    this.#noteChange(taken.list);
    await this.#takeNew(taken, taken.list);
    return !taken.list.ended;
  }

  /** As long as a player waits before it asks again. */
  async pause(): Promise<void> {
    const list = this.#list;
    if (!list || list.control?.canBlockReload === true) return;
    const seconds = this.#isChanged ? (list.segments.at(-1)?.duration ?? list.targetDuration) : list.targetDuration / 2;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#options.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, seconds * millis);
      this.#options.signal.addEventListener('abort', done);
    });
  }

  #nextUrl(): string {
    const { control, mediaSequence = 0, segments = [], pending, partTarget } = this.#list ?? {};
    if (control?.canBlockReload !== true) return this.#options.url;
    const url = new URL(this.#options.url);
    url.searchParams.set('_HLS_msn', String(mediaSequence + segments.length));
    if (partTarget !== undefined) url.searchParams.set('_HLS_part', String(pending?.parts.length ?? 0));
    if (control.canSkipUntil !== undefined) url.searchParams.set('_HLS_skip', 'YES');
    return url.href;
  }

  #noteChange(list: MediaList): void {
    const now = performance.now();
    const end = (of: MediaList | undefined): number => (of ? of.mediaSequence + of.segments.length : -1);
    this.#isChanged = end(list) !== end(this.#list) || list.pending.parts.length !== this.#list?.pending.parts.length;
    const silence = (now - this.#changedAt) / millis;
    if (this.#isChanged) this.#changedAt = now;
    else if (!list.ended && silence > longestSilence * list.targetDuration) {
      this.#options.fault(
        `nothing new for ${silence.toFixed(1)} s, with a target duration of ${list.targetDuration} s`,
      );
    }
    this.#list = list;
  }

  async #takeNew({ added }: Taken, { pending }: MediaList): Promise<void> {
    for (const segment of added) {
      this.#segments += 1;
      this.#length += segment.duration;
      if (!segment.gap) await this.#takeSegment(segment);
    }
    for (const { uri, gap } of [...added.flatMap(({ parts }) => parts), ...pending.parts]) {
      if (gap || this.#seenParts.has(uri)) continue;
      this.#seenParts.add(uri);
      this.#parts += 1;
      await this.#bytesOf(uri);
    }
  }

  async #takeSegment({ uri, discontinuity, map }: Segment): Promise<void> {
    const bytes = await this.#bytesOf(uri);
    if (map !== undefined || !bytes) return;
    if (discontinuity || !this.#pieces) this.#pieces = { checker: this.#options.pieceChecker(), told: 0 };
    this.#pieces.checker.push(bytes);
    const faults = this.#pieces.checker.faults();
    for (const fault of faults.slice(this.#pieces.told)) this.#options.fault(`${uri}: ${fault}`);
    this.#pieces.told = faults.length;
  }

  async #bytesOf(uri: string): Promise<Uint8Array | undefined> {
    const answer = await this.#fetch(new URL(uri, this.#options.url).href, uri);
    if (answer?.bytes.length === 0) this.#options.fault(`${uri} is empty`);
    return answer?.bytes;
  }

  async #fetch(url: string, what: string): Promise<Answer | undefined> {
    const late = AbortSignal.timeout(patience);
    try {
      const answer = await fetch(url, { signal: AbortSignal.any([this.#options.signal, late]) });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (answer.ok) return { bytes, type: answer.headers.get('content-type')?.split(';')[0] ?? 'no type' };
      this.#options.fault(`${what} is answered with ${answer.status}`);
    } catch (error) {
      if (!late.aborted || this.#options.signal.aborted) throw error;
      this.#options.fault(`${what} is not answered within ${patience / millis} s`);
    }
    return undefined;
  }
}

interface Answer {
  readonly bytes: Uint8Array;
  readonly type: string;
}
