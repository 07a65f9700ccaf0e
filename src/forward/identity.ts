// How a stream that goes in a circle is known: each server adds an identity of the stream as it has it to a list that travels
// in the arguments of connect. A stream that finds its own identity in the list has been here before.

import { createHash, randomBytes } from 'node:crypto';
import type { StreamKey } from '../native.js';
import { hopSeparator } from '../native/relay_path.js';

/** New at each start: with the process all its connections end, and so does every circle through it. */
const process = randomBytes(8).toString('hex');
/** Where names change on the way, a circle is an endless chain of new streams. */
const mostHops = 16;

export function identityOf({ vhost, app, stream }: StreamKey): string {
  return createHash('sha1').update(`${process} ${vhost} ${app} ${stream}`).digest('hex').slice(0, 16);
}

/** `path` is what the publisher of the stream said, or empty. */
export function pathThrough(key: StreamKey, path: string): string {
  return path === '' ? identityOf(key) : `${path}${hopSeparator}${identityOf(key)}`;
}

export function isLoop(key: StreamKey, path: string): boolean {
  const hops = path.split(hopSeparator);
  return hops.length > mostHops || hops.includes(identityOf(key));
}
