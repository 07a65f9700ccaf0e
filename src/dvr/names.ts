// Names of recordings. Pure.

import { posix } from 'node:path';
import { expandTemplate } from '../config/expand_template.js';
import { fittingPath } from '../config/fitting_path.js';
import type { StreamKey } from '../native.js';

/** A path below the root. */
export function nameOf(template: string, key: StreamKey, date: number): string {
  return fittingPath(expandTemplate(template, { ...key, sequence: 0, duration: 0, date }));
}

/** The `n`-th name for what should have this one. */
export function numbered(path: string, n: number): string {
  const ending = posix.extname(path);
  return n === 0 ? path : `${path.slice(0, path.length - ending.length)}-${n}${ending}`;
}
