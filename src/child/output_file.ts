// The file that a process' output is kept in: at its limit it becomes FILE.1, and that goes. A disk that does not keep up
// costs lines, never memory and never the process that prints them.

import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const largest = 1 << 20;
/** Characters that may wait for the disk. */
const mostWaiting = 1 << 17;
const longestName = 200;

/** A name for a file, made of names of streams: they may be long, and have characters that are no good in a path. */
export function outputFileName(...parts: readonly string[]): string {
  const name = parts.map((part) => part.replace(/[^\p{L}\p{N}._-]/gu, '_')).join('-');
  let bytes = Buffer.from(name);
  if (bytes.length > longestName) bytes = bytes.subarray(0, longestName);
  // What was cut in the middle of a character becomes none.
  return `${bytes.toString('utf8').replace(/\uFFFD/g, '')}.log`;
}

export class OutputFile {
  readonly #file: string;
  readonly #largest: number;
  #waiting: string[] = [];
  #length = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;
  #size: number | undefined;
  #error = '';

  constructor(file: string, limit = largest) {
    this.#file = file;
    this.#largest = limit;
  }

  /** Why the last write failed; empty: it did not. */
  get error(): string {
    return this.#error;
  }

  write(line: string): void {
    if (this.#length > mostWaiting) {
      this.#lost++;
      return;
    }
    const text = `${new Date().toISOString()} ${line}\n`;
    this.#waiting.push(text);
    this.#length += text.length;
    this.#writing ??= this.#drain().finally(() => (this.#writing = undefined));
  }

  /** When all is written that was. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lost = this.#lost > 0 ? `(${this.#lost} lines are left out here)\n` : '';
      const text = this.#waiting.join('') + lost;
      this.#waiting = [];
      this.#length = 0;
      this.#lost = 0;
      try {
        await this.#append(text);
        this.#error = '';
      } catch (error) {
        this.#error = error instanceof Error ? error.message : String(error);
      }
    }
  }

  async #append(text: string): Promise<void> {
    if (this.#size === undefined) {
      await mkdir(dirname(this.#file), { recursive: true });
      this.#size = await stat(this.#file).then(
        ({ size }) => size,
        () => 0,
      );
    }
    if (this.#size >= this.#largest) {
      await rename(this.#file, `${this.#file}.1`);
      this.#size = 0;
    }
    await appendFile(this.#file, text);
    this.#size += Buffer.byteLength(text);
  }
}
