// The console's page, below /console/: read when the API starts, asked for with the credentials of every other call. What
// it shows it gets by the API itself.

import { errorText, reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import type { HttpReply } from './uws.js';

export interface ConsoleFile {
  /** Below the console's own folder: `/`, `/assets/console-1a2b.js`. */
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly body: Uint8Array;
}

export interface Console {
  /** undefined: the path is none of the console's. */
  readonly find: (path: string) => HttpReply | undefined;
}

const place = '/console';
/** No other page may show it in a frame and lead a click to where it ends a client. */
const guards = { 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': "frame-ancestors 'none'" } as const;

/** Where it was not built the API goes on without it, and the log says so. */
export function openConsole(load: () => readonly ConsoleFile[], log: Log): Console {
  const files = new Map(loadOrTell(load, log).map((file) => [`${place}${file.path}`, file]));
  return {
    find: (path) => {
      if (path === place && files.size > 0) {
        return { status: 308, headers: { ...guards, Location: `${place}/` }, body: '' };
      }
      const file = files.get(path);
      if (!file) return undefined;
      const { contentType, cacheControl, body } = file;
      // What was fetched with a password is nobody else's to keep.
      const cache = cacheControl.replace('public', 'private');
      return { status: 200, headers: { ...guards, 'Content-Type': contentType, 'Cache-Control': cache }, body };
    },
  };
}

function loadOrTell(load: () => readonly ConsoleFile[], log: Log): readonly ConsoleFile[] {
  try {
    return load();
  } catch (error) {
    log.warn({ type: 'api' }, errorText('console_missing', { why: reasonOf(error) }));
    return [];
  }
}
