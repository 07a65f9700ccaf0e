// The files of one stream below hls_path: written one after the other, each under another name first and then renamed, so that a
// reader finds whole files and a list that names only what is there. Bounded: what the disk doesn't take in time is left out.

import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HlsCommands, RangeId } from '../native/hls.js';

/** Fragments that wait for the disk. Each holds its piece of the log. */
export const mostWaiting = 8;
/** No file of another program ends so. */
export const temporaryEnding = '.weir.tmp';

export interface StreamFilesOptions {
  readonly engine: Pick<HlsCommands, 'writeRange' | 'releaseRange'>;
  readonly root: string;
  /** Below root. */
  readonly playlist: string;
  /** What the list says now; undefined: there is none to write. */
  readonly list: () => string | undefined;
  /** Something could not be written, or not be removed. */
  readonly failed: (file: string, error: unknown) => void;
  /** So many writes at once over all streams. */
  readonly limit: Limiter;
  /** Nothing is touched before this. */
  readonly ready: Promise<void>;
}

export type Limiter = (task: () => Promise<void>) => Promise<void>;

interface Step {
  readonly file: string;
  readonly content: Uint8Array | { readonly range: RangeId };
  readonly done: (isWritten: boolean) => void;
}

export class StreamFiles {
  readonly #options: StreamFilesOptions;
  #steps: Step[] = [];
  #removals = new Set<string>();
  #isListStale = false;
  #running: Promise<void> | undefined;
  /** Cached: in most streams it is made once. */
  readonly #made = new Set<string>();

  constructor(options: StreamFilesOptions) {
    this.#options = options;
  }

  /** The list is written after it. False: too many wait already, it is not taken. `done` comes in the order of the calls. */
  write(file: string, content: Step['content'], done: Step['done']): boolean {
    if (this.#steps.length >= mostWaiting) return false;
    this.#steps.push({ file, content, done });
    this.#run();
    return true;
  }

  writeList(): void {
    this.#isListStale = true;
    this.#run();
  }

  /** After the list is written that does not name them. */
  remove(files: readonly string[]): void {
    for (const file of files) this.#removals.add(file);
    if (files.length > 0) this.#run();
  }

  /** What waits is not written. */
  giveUp(): void {
    const steps = this.#steps;
    this.#steps = [];
    this.#isListStale = false;
    for (const step of steps) this.#finish(step, false);
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #run(): void {
    this.#running ??= this.#options.ready
      .then(() => this.#work())
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #work(): Promise<void> {
    for (;;) {
      const step = this.#steps.shift();
      if (step) await this.#options.limit(() => this.#take(step));
      else if (this.#isListStale) await this.#options.limit(() => this.#takeList());
      else if (this.#removals.size > 0) await this.#options.limit(() => this.#takeRemovals());
      else return;
    }
  }

  async #take(step: Step): Promise<void> {
    const isWritten = await this.#put(step.file, step.content);
    this.#finish(step, isWritten);
    // Also after a failure: the list may say what is missing.
    this.#isListStale = true;
    await this.#takeList();
  }

  async #takeList(): Promise<void> {
    if (!this.#isListStale) return;
    this.#isListStale = false;
    const text = this.#options.list();
    if (text !== undefined) await this.#put(this.#options.playlist, Buffer.from(text));
  }

  async #put(file: string, content: Step['content']): Promise<boolean> {
    const { root, playlist, engine, failed } = this.#options;
    const path = join(root, file);
    // One name for all of the stream's fragments: what a crash leaves behind is replaced by the next one.
    const temporary = join(root, `${playlist}${file === playlist ? '' : '.fragment'}${temporaryEnding}`);
    try {
      await this.#makeFolder(dirname(temporary));
      await this.#makeFolder(dirname(path));
      if ('range' in content) await engine.writeRange(content.range, temporary);
      else await writeFile(temporary, content);
      await rename(temporary, path);
      return true;
    } catch (error) {
      this.#made.clear();
      await rm(temporary, { force: true }).catch(() => undefined);
      failed(path, error);
      return false;
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#made.has(folder)) return;
    await makeFolder(folder);
    // A template with a date makes folders for ever.
    if (this.#made.size >= mostWaiting) this.#made.clear();
    this.#made.add(folder);
  }

  async #takeRemovals(): Promise<void> {
    const files = [...this.#removals];
    this.#removals.clear();
    for (const file of files) {
      const path = join(this.#options.root, file);
      await rm(path, { force: true }).catch((error: unknown) => this.#options.failed(path, error));
    }
  }

  #finish({ content, done }: Step, isWritten: boolean): void {
    if ('range' in content) this.#options.engine.releaseRange(content.range);
    done(isWritten);
  }
}

/** With those above it. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    // Of a file system that can only be read Node says ENOENT here. Asked for the last folder alone it says what is wrong.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(dirname(folder))) await mkdir(folder);
    throw error;
  }
}

/** At most `most` tasks at a time, the others in their order. */
export function createLimiter(most: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
