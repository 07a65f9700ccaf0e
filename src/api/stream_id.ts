// Numbers for vhosts and streams, which SRS's tools expect: made from the name, so that they stay over restarts.

import { createHash } from 'node:crypto';

/** 48 bits: a number that JSON carries exactly. */
export function idOf(...name: readonly string[]): number {
  return createHash('sha1').update(name.join('\0')).digest().readUIntBE(0, 6);
}
