// The init segments of one stream (fragmented MP4): there before the first fragment that needs them, gone with the last.

import type { Init } from './assembly.js';
import type { StreamFiles } from './stream_files.js';
import type { StreamObjects } from './stream_objects.js';

export class InitSegments {
  readonly #objects: StreamObjects | undefined;
  readonly #files: StreamFiles | undefined;
  readonly #all = new Set<Init>();
  readonly #written = new Set<Init>();

  constructor(objects: StreamObjects | undefined, files: StreamFiles | undefined) {
    this.#objects = objects;
    this.#files = files;
  }

  get files(): readonly string[] {
    return [...this.#all].map(({ place }) => place.file);
  }

  add(init: Init): void {
    this.#all.add(init);
    this.#objects?.putInit(init);
  }

  /** In front of a fragment that needs it. */
  write(init: Init | undefined): void {
    if (!init || this.#written.has(init)) return;
    const isTaken = this.#files?.write(init.place.file, init.content, (isWritten) => {
      if (!isWritten) this.#written.delete(init);
    });
    if (isTaken) this.#written.add(init);
  }

  /** `cleanup`: their files, too. */
  keepOnly(used: ReadonlySet<Init | undefined>, cleanup: boolean): void {
    for (const init of this.#all) {
      if (used.has(init)) continue;
      this.#all.delete(init);
      this.#objects?.remove(init.place.key);
      if (this.#written.delete(init) && cleanup) this.#files?.remove([init.place.file]);
    }
  }

  /** The files are gone: who is needed again is written again. */
  filesAreGone(): void {
    this.#written.clear();
  }

  close(): void {
    for (const { place } of this.#all) this.#objects?.remove(place.key);
  }
}
