// What an earlier run left, from the start until its streams are published again or its files have had their time.

import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findLeftovers, isUntouched, type Leftover } from './leftovers.js';
import type { HlsSettings } from './settings.js';

interface Directory {
  readonly root: string;
  cleanup: boolean;
  /** Milliseconds; 0: never. */
  dispose: number;
  readonly scanned: Promise<void>;
  readonly leftovers: Map<string, Waiting>;
}

interface Waiting {
  readonly leftover: Leftover;
  /** When it was found. */
  readonly since: number;
  isCleaned: boolean;
}

export class OldFiles {
  readonly #directories = new Map<string, Directory>();

  /** At the start. Where vhosts share a directory, what only some of them want removed stays. */
  scan({ directory, cleanup, dispose }: Pick<HlsSettings, 'directory' | 'cleanup' | 'dispose'>): void {
    if (directory === undefined) return;
    const root = resolve(directory);
    const known = this.#directories.get(root);
    if (known) {
      known.cleanup &&= cleanup;
      known.dispose = known.dispose === 0 || dispose === 0 ? 0 : Math.max(known.dispose, dispose);
      return;
    }
    const leftovers = new Map<string, Waiting>();
    const scanned = findLeftovers(root).then((found) => {
      const since = Date.now();
      for (const leftover of found) leftovers.set(leftover.playlist, { leftover, since, isCleaned: false });
    });
    this.#directories.set(root, { root, cleanup, dispose, scanned, leftovers });
  }

  /** Nothing may be written below a directory before. */
  async scanned(directory: string): Promise<void> {
    await this.#directories.get(resolve(directory))?.scanned;
  }

  /** Its stream is published again, and takes care of it. */
  take(directory: string, playlist: string): Leftover | undefined {
    const leftovers = this.#directories.get(resolve(directory))?.leftovers;
    const waiting = leftovers?.get(playlist);
    leftovers?.delete(playlist);
    return waiting?.leftover;
  }

  /** Resolves when what had its time is removed. */
  async sweep(now: number): Promise<void> {
    for (const { root, cleanup, dispose, leftovers } of this.#directories.values()) {
      for (const [playlist, waiting] of leftovers) {
        const { leftover, since } = waiting;
        if (dispose > 0 && now - since >= dispose) {
          leftovers.delete(playlist);
          await removeAll(root, leftover, [playlist, ...leftover.listed, ...leftover.kept]);
        } else if (cleanup && !waiting.isCleaned && now - since >= 2 * leftover.length) {
          waiting.isCleaned = true;
          await removeAll(root, leftover, leftover.kept);
        }
      }
    }
  }
}

/** Nothing if another server writes there: then it is his. A file that can't be removed is left for the next start. */
async function removeAll(root: string, leftover: Leftover, files: readonly string[]): Promise<void> {
  if (!(await isUntouched(root, leftover))) return;
  for (const file of files) await rm(join(root, file), { force: true }).catch(() => undefined);
}
