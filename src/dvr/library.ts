// The recordings of all directories that the configuration names, and what is too old of them.

import type { Config, VhostConfig } from '../config/load.js';
import type { Engine } from '../native.js';
import { Catalogue, type Recorded, type Repaired } from './catalogue.js';
import { dvrSettings } from './settings.js';

export interface LibraryOptions {
  readonly engine: Pick<Engine, 'repairRecording'>;
  readonly config: () => Config;
  readonly repaired: (result: Repaired) => void;
  readonly failed: (directory: string, error: unknown) => void;
}

const tidyInterval = 30_000;

export class Library {
  readonly #options: LibraryOptions;
  readonly #catalogues = new Map<string, Catalogue>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: LibraryOptions) {
    this.#options = options;
    this.follow();
    this.#timer = setInterval(() => this.tidy(), tidyInterval).unref();
  }

  /** Of a directory; opened at its first use. What a crash left there is repaired first. */
  of(directory: string): Catalogue {
    const open = this.#catalogues.get(directory);
    if (open) return open;
    const { engine, repaired, failed } = this.#options;
    const catalogue = new Catalogue({
      directory,
      repair: (path, format) => engine.repairRecording(path, format),
      repaired,
      failed: (error) => failed(directory, error),
    });
    this.#catalogues.set(directory, catalogue);
    return catalogue;
  }

  /** The newest first. */
  list(): readonly Recorded[] {
    return [...this.#catalogues.values()]
      .flatMap(({ entries }) => entries)
      .toSorted((a, b) => b.began - a.began || (a.file < b.file ? -1 : 1));
  }

  find(id: number): Recorded | undefined {
    return this.list().find((entry) => entry.id === id);
  }

  async remove(entry: Recorded): Promise<void> {
    for (const catalogue of this.#catalogues.values()) {
      if (catalogue.entries.includes(entry)) await catalogue.remove(entry);
    }
  }

  follow(): void {
    for (const vhost of this.#options.config().vhost) this.of(dvrSettings(vhost).root);
  }

  /** Removes what dvr_keep_days and dvr_keep_size don't keep. */
  tidy(): void {
    const bounded = this.#options.config().vhost.filter(isBounded);
    if (bounded.length === 0) return;
    const all = this.list();
    for (const vhost of bounded) {
      for (const entry of tooMany(all, vhost, Date.now())) void this.remove(entry);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#catalogues.values()].map((catalogue) => catalogue.drained()));
  }
}

const isBounded = ({ dvr }: VhostConfig): boolean => dvr.dvr_keep_days !== undefined || dvr.dvr_keep_size !== undefined;

function tooMany(all: readonly Recorded[], vhost: VhostConfig, now: number): readonly Recorded[] {
  const { keepFor = Infinity, keepBytes = Infinity } = dvrSettings(vhost);
  let sum = 0;
  return all.filter((entry) => {
    if (entry.vhost !== vhost.name || !entry.done) return false;
    sum += entry.done.bytes;
    return sum > keepBytes || now - entry.done.at > keepFor;
  });
}
