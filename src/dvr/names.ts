// Names of recordings. Names of streams may be anything that RTMP lets through (src/admission/name.ts); a level of a path has
// 255 bytes at most, which such a name may need alone.

import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { expandTemplate } from '../config/expand_template.js';
import type { StreamKey } from '../native.js';

/** With room for `.tmp` and a number. */
const longestLevel = 240;
const hashLength = 12;

/** A path below the root. */
export function nameOf(template: string, key: StreamKey, date: number): string {
  const path = expandTemplate(template, { ...key, sequence: 0, duration: 0, date });
  return path.split('/').map(shortened).join('/');
}

/** The `n`-th name for what should have this one. */
export function numbered(path: string, n: number): string {
  const ending = posix.extname(path);
  return n === 0 ? path : `${path.slice(0, path.length - ending.length)}-${n}${ending}`;
}

/** A level that is too long keeps its begin and its ending; the rest becomes a hash, so that names stay different. */
function shortened(level: string): string {
  if (Buffer.byteLength(level) <= longestLevel) return level;
  const ending = /\.(flv|ts|mp4)$/.exec(level)?.[0] ?? '';
  const hash = createHash('sha1').update(level).digest('hex').slice(0, hashLength);
  const room = longestLevel - ending.length - hash.length - 1;
  let kept = '';
  let size = 0;
  for (const character of level) {
    size += Buffer.byteLength(character);
    if (size > room) break;
    kept += character;
  }
  return `${kept}~${hash}${ending}`;
}
