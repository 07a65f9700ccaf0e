// A directory in the store: its files are objects, and follow it. Small ones are kept as bytes, large ones are served from
// where they lie. Bounded in every way: what is too much is left out, and said once.

import { readFile } from 'node:fs/promises';
import { errorText, reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import { scanFolder, type FoundFile } from './scan.js';
import type { Shelf } from './shelf.js';
import { createWatches, type Watches } from './watches.js';

export interface FolderOptions {
  readonly folder: string;
  readonly shelf: Shelf;
  readonly log: Log;
  /** Files that others write and serve. `path` as a request names it. */
  readonly skips: (path: string) => boolean;
  /** The configuration names it: its absence is worth a line. */
  readonly isWanted: boolean;
}

const mostFiles = 10_000;
const mostFolders = 1000;
const largestInMemory = 1024 ** 2;
const mostInMemory = 64 * 1024 ** 2;
const mostOpenFiles = 256;
/** Changes come in swarms: an editor writes, renames and touches. */
const settle = 200;
const lookAgain = 5000;

/** Loads it and keeps it loaded; returns what ends that and takes its objects away. */
export function serveFolder(options: FolderOptions): () => void {
  const folder = new Folder(options);
  folder.look(0);
  return () => folder.stop();
}

class Folder {
  readonly #options: FolderOptions;
  /** Versions by path. */
  readonly #placed = new Map<string, string>();
  readonly #watches: Watches;
  readonly #said = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isLoading = false;
  #isDirty = false;
  #isStopped = false;

  constructor(options: FolderOptions) {
    this.#options = options;
    this.#watches = createWatches({
      root: options.folder,
      onChange: (path) => {
        if (path === undefined || !options.skips(path)) this.look(settle);
      },
      onFailure: (dir, error) => {
        this.#sayOnce(errorText('dir_unwatched', { dir, why: reasonOf(error) }));
        this.look(lookAgain);
      },
    });
  }

  /** Loads it anew after this time, unless that is to happen anyway. */
  look(after: number): void {
    if (this.#isStopped || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isDirty = true;
      if (!this.#isLoading) void this.#load();
    }, after);
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#watches.stop();
    this.#clear();
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    while (this.#isDirty && !this.#isStopped) {
      this.#isDirty = false;
      try {
        await this.#loadOnce();
      } catch (error) {
        this.#sayOnce(errorText('dir_unreadable', { dir: this.#options.folder, why: reasonOf(error) }));
        this.#clear();
        this.#watches.set([]);
        this.look(lookAgain);
      }
    }
    this.#isLoading = false;
  }

  async #loadOnce(): Promise<void> {
    const { folder, skips, log } = this.#options;
    const found = await scanFolder(folder, { skips, mostFiles, mostFolders });
    if (this.#isStopped) return;
    if (this.#watches.set(found.folders)) this.#isDirty = true;
    const { kept, isTooMuch } = withinBounds(found.files);
    const paths = new Set(kept.map(({ path }) => path));
    const gone = [...this.#placed.keys()].filter((path) => !paths.has(path));
    for (const path of gone) this.#remove(path);
    let changed = gone.length;
    for (const file of kept) if (await this.#place(file)) changed += 1;
    const files = this.#placed.size;
    if (isTooMuch || found.cut) this.#sayOnce(errorText('dir_too_large', { dir: folder, files }));
    if (changed > 0) {
      log.info({ type: 'delivery', dir: folder, files, changed }, `${files} files of ${folder} are served over HTTP`);
    }
  }

  /** True if it is another one than before. */
  async #place({ path, file, version, isSmall }: Kept): Promise<boolean> {
    if (this.#placed.get(path) === version) return false;
    try {
      const body = isSmall ? await readFile(file) : { file };
      if (this.#isStopped) return false;
      this.#options.shelf.put(path, { body, contentType: '', cacheControl: 'no-cache', etag: `"${version}"` });
      this.#placed.set(path, version);
      return true;
    } catch (error) {
      this.#sayOnce(errorText('dir_unreadable', { dir: file, why: reasonOf(error) }));
      return false;
    }
  }

  #remove(path: string): void {
    this.#placed.delete(path);
    this.#options.shelf.remove(path);
  }

  #clear(): void {
    for (const path of [...this.#placed.keys()]) this.#remove(path);
  }

  #sayOnce(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    const { log, isWanted, folder } = this.#options;
    log[isWanted ? 'warn' : 'debug']({ type: 'delivery', dir: folder }, text);
  }
}

interface Kept extends FoundFile {
  readonly isSmall: boolean;
}

function withinBounds(files: readonly FoundFile[]): { readonly kept: readonly Kept[]; readonly isTooMuch: boolean } {
  const kept: Kept[] = [];
  let memory = mostInMemory;
  let open = mostOpenFiles;
  for (const file of files) {
    const isSmall = file.size <= Math.min(largestInMemory, memory);
    if (!isSmall && open === 0) continue;
    if (isSmall) memory -= file.size;
    else open -= 1;
    kept.push({ ...file, isSmall });
  }
  return { kept, isTooMuch: kept.length < files.length };
}
