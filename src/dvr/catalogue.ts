// The recordings below one directory: which there are, names for new ones, what a crash left, what is old. All that touches
// the directory comes in turn, so that a disk that hangs takes one thread of Node's pool and no more.

import { createHash } from 'node:crypto';
import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, StreamKey } from '../native.js';
import { Journal, type JournalEntry } from './journal.js';
import { nameOf, numbered } from './names.js';
import type { DvrSettings } from './settings.js';

export interface Recorded extends JournalEntry {
  /** The same after a restart. */
  readonly id: number;
  /** With its directory. */
  readonly path: string;
}

export interface Repaired {
  readonly entry: Recorded;
  /** Empty: it can be played now. */
  readonly error: string;
  readonly cut: number;
}

export interface CatalogueOptions {
  readonly directory: string;
  readonly repair: Engine['repairRecording'];
  readonly repaired: (result: Repaired) => void;
  /** The list could not be read or written. */
  readonly failed: (error: unknown) => void;
}

const mostNumbers = 10_000;

export class Catalogue {
  readonly #options: CatalogueOptions;
  readonly #journal: Journal;
  readonly #entries = new Map<string, Recorded>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CatalogueOptions) {
    this.#options = options;
    this.#journal = new Journal(options.directory);
    void this.#inTurn(() => this.#open()).catch(options.failed);
  }

  get entries(): readonly Recorded[] {
    return [...this.#entries.values()];
  }

  /** When all that was asked for is done. */
  drained(): Promise<unknown> {
    return this.#last;
  }

  /** A name for a file that begins now. Rejects when the directory can't be written. */
  begin(key: StreamKey, { template, rules }: DvrSettings, date: number): Promise<Recorded> {
    return this.#inTurn(async () => {
      const file = await this.#freeName(nameOf(template, key, date), rules.appends);
      const { vhost, app, stream } = key;
      const entry = this.#entryOf({ vhost, app, stream, file, format: rules.format, began: date });
      const before = this.#entries.get(file);
      this.#entries.set(file, entry);
      try {
        await this.#journal.put(written(entry), this.#all);
      } catch (error) {
        if (before) this.#entries.set(file, before);
        else this.#entries.delete(file);
        throw error;
      }
      return entry;
    });
  }

  end(entry: Recorded, facts: { readonly bytes: number; readonly duration: number }): Promise<Recorded> {
    return this.#inTurn(async () => {
      const { bytes, duration } = facts;
      const done = { ...entry, done: { at: Date.now(), bytes, duration } };
      this.#entries.set(entry.file, done);
      await this.#journal.put(written(done), this.#all).catch(this.#options.failed);
      return done;
    });
  }

  /** Nothing came of it. */
  forget(entry: Recorded): void {
    void this.#inTurn(async () => {
      if (this.#entries.get(entry.file)?.done) return;
      await this.#drop(entry);
    });
  }

  /** Removes the file, too. */
  remove(entry: Recorded): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#entries.get(entry.file)?.done) return;
      await unlink(entry.path).catch(unlessGone);
      await this.#drop(entry);
    });
  }

  async #drop(entry: Recorded): Promise<void> {
    this.#entries.delete(entry.file);
    await this.#journal.remove(entry.file, this.#all).catch(this.#options.failed);
  }

  readonly #all = (): Iterable<JournalEntry> => [...this.#entries.values()].map(written);

  async #freeName(wanted: string, appends: boolean): Promise<string> {
    for (let n = 0; n < mostNumbers; n += 1) {
      const name = numbered(wanted, n);
      const known = this.#entries.get(name);
      if (appends && (!known || known.done)) return name;
      if (!known && !(await this.#exists(name))) return name;
    }
    throw new Error(`every name like ${wanted} is taken`);
  }

  async #exists(name: string): Promise<boolean> {
    const path = join(this.#options.directory, name);
    return (await isThere(path)) || (await isThere(`${path}.tmp`));
  }

  #entryOf(entry: JournalEntry): Recorded {
    const { directory } = this.#options;
    const id = createHash('sha1').update(`${directory}\0${entry.file}`).digest().readUIntBE(0, 6);
    return { ...entry, id, path: join(directory, entry.file) };
  }

  /** What is there from before, and what of it has to be repaired. */
  async #open(): Promise<void> {
    const entries = await this.#journal.read();
    if (entries.size === 0) return;
    for (const entry of entries.values()) {
      const found = this.#entryOf(entry);
      if (!found.done) await this.#recover(found);
      else if (await isThere(found.path)) this.#entries.set(found.file, found);
    }
    await this.#journal.rewrite(this.#all());
  }

  async #recover(entry: Recorded): Promise<void> {
    const finished = await stat(entry.path).catch(unlessGone);
    if (finished) {
      // It ended, and only the line is missing.
      const done = { at: finished.mtimeMs, bytes: finished.size, duration: 0 };
      this.#entries.set(entry.file, { ...entry, done });
      return;
    }
    if (!(await isThere(`${entry.path}.tmp`))) return;
    const { error, bytes, duration, cut } = await this.#options.repair(entry.path, entry.format);
    const done = { at: Date.now(), bytes, duration };
    const repaired = { ...entry, done };
    if (error === '') this.#entries.set(entry.file, repaired);
    this.#options.repaired({ entry: repaired, error, cut });
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function written({ vhost, app, stream, file, format, began, done }: Recorded): JournalEntry {
  return { vhost, app, stream, file, format, began, ...(done && { done }) };
}

const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(unlessGone)) !== undefined;

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
