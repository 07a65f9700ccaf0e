// Who this server says it is, in metadata, logs and on the command line.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** This file runs as <top>/dist/src/version.js. */
const packageFile = new URL('../../package.json', import.meta.url);

export const version = (JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }).version;
export const serverName = `weir/${version}`;

/** In SRS's shape, for hooks and the API: the same after a restart with the same configuration file. */
export function serverId(configFile: string): string {
  return `vid-${createHash('sha1').update(`${hostname()} ${configFile}`).digest('hex').slice(0, 7)}`;
}
