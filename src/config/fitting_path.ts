// Paths that are made of names of streams. Those may be anything that RTMP lets through (src/admission/name.ts); a level of a
// path has 255 bytes at most, which such a name may need alone. Pure.

import { createHash } from 'node:crypto';

/** With room for a number, or the endings of temporary files. */
const longestLevel = 230;
const hashLength = 12;

/** The path with levels that a file system takes. */
export const fittingPath = (path: string): string => path.split('/').map(shortened).join('/');

/** A level that is too long keeps its begin and its ending; the rest becomes a hash, so that names stay different. */
function shortened(level: string): string {
  if (Buffer.byteLength(level) <= longestLevel) return level;
  const ending = /\.(flv|ts|mp4|m4s|m3u8)$/.exec(level)?.[0] ?? '';
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
