// Names of fragments that are no more. `/live/s-17.ts` would be the live stream `live/s-17` as MPEG-TS: a player that comes late
// for a fragment must be told that it is gone, and not wait for that stream. Bounded in number and in time: a player later than
// that has lost its stream anyway.

/** Of one generation; names are known until the generation behind theirs is full or old. */
const most = 10_000;
/** Milliseconds. */
const oldest = 120_000;

export class ExpiredNames {
  readonly #now: () => number;
  #young = new Set<string>();
  #old: ReadonlySet<string> = new Set();
  #born: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#born = now();
  }

  /** As in the object store: a path, with its vhost in front where it is that of one. */
  add(key: string): void {
    if (!key.endsWith('.ts')) return;
    const now = this.#now();
    if (this.#young.size >= most || now - this.#born >= oldest) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#born = now;
    }
    this.#young.add(key);
  }

  has(vhost: string, path: string): boolean {
    return this.#knows(path) || this.#knows(vhost + path);
  }

  #knows(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }
}
