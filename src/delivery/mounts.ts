// Directories of vhosts (`http` in a vhost): their files are objects of that vhost alone, below its mount, and go before those that
// every vhost has.

import { posix } from 'node:path';
import { rootSchema } from '../config/schema/root.js';
import type { Config } from '../config/load.js';
import type { Log } from '../log.js';
import type { StoredObject } from '../native.js';
import { serveFolder } from './folder.js';
import { ownedByHls } from './owned.js';
import { createShelf, type Store } from './shelf.js';

const fallback = rootSchema.vhost.children.http.children.dir.fallback;
const nothingBelow: ReadonlyMap<string, StoredObject> = new Map();

/** SRS 2.0 also writes it with the vhost in front, which is always meant. Without the slash at its end: the root is ''. */
export const mountPath = (mount: string): string =>
  posix.normalize(`/${mount.replace(/^\/?\[vhost\](?=\/|$)/, '')}`).replace(/\/$/, '');

/** Returns what ends it. */
export function serveMounts(engine: Store, log: Log, config: Config): () => void {
  const mounts = config.vhost.filter(({ enabled, http }) => enabled && http.enabled);
  const stops = mounts.map(({ name, http: { mount, dir } }) => {
    const shelf = createShelf(
      {
        putObject: (path, object) => engine.putObject(name + path, object),
        removeObject: (path) => engine.removeObject(name + path),
      },
      nothingBelow,
    );
    const base = mountPath(mount);
    return serveFolder({
      folder: dir,
      shelf: {
        put: (path, object) => shelf.put(base + path, object),
        remove: (path) => shelf.remove(base + path),
      },
      log,
      skips: ownedByHls(config, dir),
      isWanted: dir !== fallback,
    });
  });
  return () => stops.forEach((stop) => stop());
}
