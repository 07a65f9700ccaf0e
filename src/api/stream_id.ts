// Numbers for vhosts and streams, which SRS's tools expect: made from the name, so that they stay over restarts.

import { createHash } from 'node:crypto';

/** Names are few and asked for thousands of times (each client of a list has two): a hash is made once. */
const known = new Map<string, number>();
const mostKnown = 4096;

/** 48 bits: a number that JSON carries exactly. */
export function idOf(...name: readonly string[]): number {
  const key = name.join('\0');
  const found = known.get(key);
  if (found !== undefined) return found;
  const id = createHash('sha1').update(key).digest().readUIntBE(0, 6);
  if (known.size >= mostKnown) known.clear();
  known.set(key, id);
  return id;
}
