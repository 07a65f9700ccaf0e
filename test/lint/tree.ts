// What the lint tests look at: the repository's own files, as text.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, found from dist/test/lint/. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const skipped = new Set(['.git', 'node_modules', 'dist', 'build', 'seeds', 'results']);

/** Paths relative to the root of all files below `folder` whose name has one of the endings. */
export function filesBelow(folder: string, ...endings: string[]): string[] {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(path, ...endings);
      return endings.length === 0 || endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
    })
    .map((path) => relative('.', path))
    .sort();
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** C++ without comments, with strings and characters emptied, lines kept: what a scan for braces or calls may look at. */
export function codeOnly(source: string): string {
  const pattern = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|R"(\w*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])+'/g;
  return source.replace(pattern, (found) => {
    const lines = found.replace(/[^\n]/g, '');
    return found.startsWith('/') ? lines : `""${lines}`;
  });
}
