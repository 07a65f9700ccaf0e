// `watch_config`: a reload when the configuration's file has become another one. What stands at its path is looked at twice a
// second, through all links: so a file that is written in place, one that an editor renames over it, a link that is swapped
// (Kubernetes) and a mount from elsewhere are all seen, each of which inotify misses in some way.

import { unwatchFile, watchFile, type Stats } from 'node:fs';
import type { Config } from '../config/load.js';
import type { Log } from '../log.js';

export interface WatchOptions {
  /** The configuration of now. */
  readonly config: () => Config;
  readonly log: Log;
  readonly changed: () => void;
}

export interface ConfigWatch {
  readonly follow: () => void;
  readonly stop: () => void;
}

/** Milliseconds; a file that is being written is read when it was left alone for as long. */
const interval = 500;

export function startConfigWatch({ config, log, changed }: WatchOptions): ConfigWatch {
  const { file } = config();
  let timer: NodeJS.Timeout | undefined;
  let isWatching = false;

  const look = (now: Stats, before: Stats): void => {
    // Between the two steps of an exchange there is none.
    if (now.ino === 0 || identityOf(now) === identityOf(before)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      log.info({ type: 'watch', file }, `${file} has changed`);
      changed();
    }, interval).unref();
  };
  const stop = (): void => {
    clearTimeout(timer);
    if (isWatching) unwatchFile(file, look);
    isWatching = false;
  };
  const follow = (): void => {
    const { watch_config: isWanted } = config();
    if (isWanted === isWatching) return;
    stop();
    if (!isWanted) return;
    watchFile(file, { interval, persistent: false }, look);
    isWatching = true;
  };
  follow();
  return { follow, stop };
}

const identityOf = ({ dev, ino, size, mtimeMs }: Stats): string => `${dev} ${ino} ${size} ${mtimeMs}`;
