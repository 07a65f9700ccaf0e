// The viewers' pages and the console as files, for whatever serves them: read from dist/pages and dist/console, where
// `npm run build` puts them.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  /** As it stands in a request: `/player.html`. */
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly body: Uint8Array;
}

/** This file runs as <top>/dist/src/pages/files.js. */
const folderOf = (name: string): string => fileURLToPath(new URL(`../../${name}/`, import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** A name below it changes with its content. */
const hashed = '/assets/';

/** All of the viewers'; some hundreds of kilobytes. Throws when they were not built. */
export const loadPages = (): PageFile[] => loadFolder(folderOf('pages'));

/** As loadPages, with paths below the console's own. */
export const loadConsole = (): PageFile[] => loadFolder(folderOf('console'));

function loadFolder(folder: string): PageFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in contentTypes)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((file) => loadFile(folder, file));
}

function loadFile(folder: string, file: string): PageFile[] {
  const path = `/${relative(folder, file)}`;
  const page = {
    contentType: contentTypes[extname(file)] ?? 'application/octet-stream',
    cacheControl: path.startsWith(hashed) ? 'public, max-age=31536000, immutable' : 'no-cache',
    body: readFileSync(file),
  };
  const isIndex = path.endsWith('/index.html');
  return [...(isIndex ? [{ path: path.slice(0, -'index.html'.length), ...page }] : []), { path, ...page }];
}
