// Watches on the directories of a tree: each by itself, since a recursive watch of Node takes one for every file too.

import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { FoundFolder } from './scan.js';

export interface WatchesOptions {
  readonly root: string;
  /** Something changed at this path, or somewhere (undefined). */
  readonly onChange: (path: string | undefined) => void;
  /** A directory can't be watched. */
  readonly onFailure: (folder: string, error: unknown) => void;
}

export interface Watches {
  /** Watches these and no others. True: some are new, and may have changed before they were watched. */
  readonly set: (folders: readonly FoundFolder[]) => boolean;
  readonly stop: () => void;
}

export function createWatches({ root, onChange, onFailure }: WatchesOptions): Watches {
  const watchers = new Map<string, FSWatcher>();

  function close(key: string): void {
    watchers.get(key)?.close();
    watchers.delete(key);
  }

  function open(key: string, path: string): boolean {
    try {
      const watcher = watch(join(root, path), { persistent: false }, (_, name) => {
        onChange(name === null ? undefined : `${path}/${name}`);
      });
      watcher.on('error', () => {
        close(key);
        onChange(undefined);
      });
      watchers.set(key, watcher);
      return true;
    } catch (error) {
      onFailure(join(root, path), error);
      return false;
    }
  }

  return {
    set: (folders) => {
      const wanted = new Map(folders.map(({ path, inode }) => [`${inode} ${path}`, path]));
      for (const key of [...watchers.keys()]) if (!wanted.has(key)) close(key);
      const fresh = [...wanted].filter(([key]) => !watchers.has(key));
      return fresh.map(([key, path]) => open(key, path)).includes(true);
    },
    stop: () => {
      for (const key of [...watchers.keys()]) close(key);
    },
  };
}
