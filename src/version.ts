// Who this server says it is, in metadata, logs and on the command line.

import { readFileSync } from 'node:fs';

/** This file runs as <top>/dist/src/version.js. */
const packageFile = new URL('../../package.json', import.meta.url);

export const version = (JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }).version;
export const serverName = `weir/${version}`;
