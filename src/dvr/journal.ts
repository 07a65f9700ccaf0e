// The list of recordings below one directory, as a file in it: a line of JSON for each that began, ended or was removed. What
// began and did not end is what a crash left. It is a hint for us alone: a line that can't be read is passed over.

import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingFormat, StreamKey } from '../native.js';

export interface JournalEntry extends StreamKey {
  /** Below the directory. */
  readonly file: string;
  readonly format: RecordingFormat;
  /** Milliseconds since 1970. */
  readonly began: number;
  /** undefined: it has not ended. */
  readonly done?: { readonly at: number; readonly bytes: number; readonly duration: number };
}

/** So many that are superseded cost nothing. */
const fewLines = 1000;
const journalName = '.weir-recordings.jsonl';

export class Journal {
  readonly #directory: string;
  readonly #path: string;
  /** Lines are missing at its end: it is written anew before the next one. */
  #isBroken = false;
  /** Since it was written anew. */
  #lines = 0;
  #entries = 0;

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, journalName);
  }

  /** By file, the oldest first. */
  async read(): Promise<Map<string, JournalEntry>> {
    const entries = new Map<string, JournalEntry>();
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return entries;
      throw error;
    }
    for (const line of text.split('\n')) {
      const entry = parse(line);
      if (!entry) continue;
      if ('removed' in entry) entries.delete(entry.removed);
      else entries.set(entry.file, entry);
    }
    return entries;
  }

  /** The newest state of one. `all` is what the file should have by now. */
  async put(entry: JournalEntry, all: () => Iterable<JournalEntry>): Promise<void> {
    await this.#add(JSON.stringify(entry), all);
  }

  async remove(file: string, all: () => Iterable<JournalEntry>): Promise<void> {
    await this.#add(JSON.stringify({ removed: file }), all);
  }

  /** Writes it anew, without what is superseded. */
  async rewrite(all: Iterable<JournalEntry>): Promise<void> {
    const lines = [...all].map((entry) => `${JSON.stringify(entry)}\n`);
    [this.#lines, this.#entries] = [0, lines.length];
    await mkdir(this.#directory, { recursive: true });
    await writeFile(`${this.#path}.tmp`, lines.join(''));
    await rename(`${this.#path}.tmp`, this.#path);
    this.#isBroken = false;
  }

  async #add(line: string, all: () => Iterable<JournalEntry>): Promise<void> {
    if (this.#isBroken || this.#lines > this.#entries + fewLines) {
      await this.rewrite(all());
      return;
    }
    try {
      await mkdir(this.#directory, { recursive: true });
      await appendFile(this.#path, `${line}\n`);
      this.#lines += 1;
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }
}

function parse(line: string): JournalEntry | { readonly removed: string } | undefined {
  try {
    const value = JSON.parse(line) as Partial<JournalEntry & { removed: string }> | null;
    if (typeof value?.removed === 'string') return { removed: value.removed };
    const isWhole = typeof value?.file === 'string' && typeof value.stream === 'string' && isBelow(value.file);
    return isWhole ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** Files are removed by what stands there. */
const isBelow = (file: string): boolean => file !== '' && !file.startsWith('/') && !file.split('/').includes('..');
