// Where things lie; this file runs from dist/bench/lib.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const results = join(root, 'bench', 'results');

/** A program of the native build; WEIR_LOAD names another load generator. */
export function loadGenerator(): string {
  const path = process.env['WEIR_LOAD'] ?? join(root, 'build', 'Release', 'weir-load');
  if (!existsSync(path)) throw new Error('weir-load is not built: run `npm run build:native -- weir-load`');
  return path;
}
