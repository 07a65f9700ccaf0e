// Which fragments a playlist lists, and how long those that left it must stay fetchable (RFC 8216, 6.2.1 and 6.2.2). Pure: the
// time is passed in. What `expire` and `giveUp` return is gone for good; the caller removes it from wherever it lies.

import type { Fragment } from './fragment.js';

export interface WindowOptions {
  /** Milliseconds: so much is listed, as soon as there is so much. */
  readonly length: () => number;
  /** Seconds: the target duration while no fragment is longer. */
  readonly target: number;
}

/** Beyond this the list itself is what costs: at 2 s a fragment it is three hours. */
export const mostListed = 5400;
/** RFC 8216, 6.2.2: a list is not shortened below three target durations. */
const shortestInTargets = 3;

interface Entry<F> {
  readonly fragment: F;
  /** Milliseconds: the longest list that it was in. */
  longestList: number;
}

interface Left<F> {
  readonly fragment: F;
  readonly until: number;
}

export class Window<F extends Fragment> {
  readonly #options: WindowOptions;
  #entries: Entry<F>[] = [];
  #left: Left<F>[] = [];
  #length = 0;
  #target: number;
  #discontinuities: number;
  #isIndependent = true;

  /** `discontinuities`: EXT-X-DISCONTINUITY-SEQUENCE of the first list. */
  constructor(options: WindowOptions, discontinuities = 0) {
    this.#options = options;
    this.#target = options.target;
    this.#discontinuities = discontinuities;
  }

  get listed(): readonly F[] {
    return this.#entries.map(({ fragment }) => fragment);
  }

  /** Those that left the list and must still be fetchable, oldest first. */
  get kept(): readonly F[] {
    return this.#left.map(({ fragment }) => fragment);
  }

  /** Milliseconds of all that is listed. */
  get length(): number {
    return this.#length;
  }

  get targetDuration(): number {
    return this.#target;
  }

  get discontinuitySequence(): number {
    return this.#discontinuities;
  }

  /** Of all that was ever listed since `restart`: a tag that is there must not vanish, but neither may it lie. */
  get isIndependent(): boolean {
    return this.#isIndependent;
  }

  append(fragment: F, now: number): void {
    this.#entries.push({ fragment, longestList: 0 });
    this.#length += fragment.duration;
    this.#target = Math.max(this.#target, Math.round(fragment.duration / 1000));
    this.#isIndependent &&= fragment.independent;
    const shortest = Math.max(this.#options.length(), shortestInTargets * this.#target * 1000);
    while (this.#entries.length > mostListed || this.#length - this.#oldest() >= shortest) this.#leave(now);
    for (const entry of this.#entries) entry.longestList = Math.max(entry.longestList, this.#length);
  }

  /** Those whose time is over: as long as they are themselves, and the longest list that they were in. */
  expire(now: number): F[] {
    const over = this.#left.filter(({ until }) => until <= now);
    if (over.length > 0) this.#left = this.#left.filter(({ until }) => until > now);
    return over.map(({ fragment }) => fragment);
  }

  /** For want of memory: the oldest one, of those that left the list while there are any. At least `least` stay. */
  giveUp(now: number, least: number): F | undefined {
    if (this.#left.length === 0 && this.#entries.length > least) this.#leave(now);
    return this.#left.shift()?.fragment;
  }

  /** What comes next is another presentation: everything leaves the list. */
  restart(now: number): void {
    while (this.#entries.length > 0) this.#leave(now);
    this.#target = this.#options.target;
    this.#isIndependent = true;
  }

  #oldest(): number {
    return this.#entries[0]?.fragment.duration ?? 0;
  }

  #leave(now: number): void {
    const entry = this.#entries.shift();
    if (!entry) return;
    const { fragment, longestList } = entry;
    this.#length -= fragment.duration;
    if (fragment.discontinuity) this.#discontinuities += 1;
    this.#left.push({ fragment, until: now + fragment.duration + longestList });
  }
}
