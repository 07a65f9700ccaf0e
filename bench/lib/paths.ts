// Where things lie; this file runs from dist/bench/lib.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const results = join(root, 'bench', 'results');

function built(name: string, path = join(root, 'build', 'Release', name)): string {
  if (!existsSync(path)) throw new Error(`${name} is not built: run \`npm run build:native -- ${name}\``);
  return path;
}

/** WEIR_LOAD names another load generator. */
export const loadGenerator = () => built('weir-load', process.env['WEIR_LOAD']);

/** The engine without Node. */
export const engineDriver = () => built('weir-driver');
