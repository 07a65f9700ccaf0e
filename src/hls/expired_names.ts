// Names of fragments that are no more. `/live/s-17.ts` would be the live stream `live/s-17` as MPEG-TS: a player that comes late
// for a fragment must be told that it is gone, and not wait for that stream. Bounded: the oldest are forgotten.

const most = 20_000;

export class ExpiredNames {
  readonly #keys = new Set<string>();

  /** As in the object store: a path, with its vhost in front where it is that of one. */
  add(key: string): void {
    if (!key.endsWith('.ts')) return;
    this.#keys.add(key);
    if (this.#keys.size <= most) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      break;
    }
  }

  has(vhost: string, path: string): boolean {
    return this.#keys.has(path) || this.#keys.has(vhost + path);
  }
}
