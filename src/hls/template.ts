// Paths of HLS -> URIs. Pure.

import { posix } from 'node:path';

/** What a playlist at the path `from` calls the file at the path `to`. */
export function relativeUri(from: string, to: string): string {
  const path = posix.relative(posix.dirname(`/${from}`), `/${to}`);
  return encodePath(path);
}

export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Puts something before the ending of a file's name. */
export function beforeEnding(path: string, what: string, ending = posix.extname(path)): string {
  return path.slice(0, path.length - posix.extname(path).length) + what + ending;
}
