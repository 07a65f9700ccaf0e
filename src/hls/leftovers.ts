// What an earlier run left below hls_path. Only files that are provably ours count: a playlist that says where it was written and
// lies there, and what it names; and temporary files, whose ending is ours. A copy of a stream's folder is somebody else's.

import { opendir, readFile, rm, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { temporaryEnding } from './stream_files.js';

export interface Leftover {
  /** Below hls_path, as the others. */
  readonly playlist: string;
  readonly listed: readonly string[];
  /** Left the list, and were kept for who still fetched them. */
  readonly kept: readonly string[];
  /** Milliseconds of all that is listed. */
  readonly length: number;
  readonly lastSequence: number;
  /** EXT-X-DISCONTINUITY-SEQUENCE behind its end. */
  readonly discontinuities: number;
  /** Who has changed it since is alive. */
  readonly modified: number;
}

const mark = 'weir';
/** A folder that holds more is none that only HLS writes to. */
const mostEntries = 50_000;
const deepest = 12;
const largestPlaylist = 4 << 20;

/** Comments of a playlist on disk, from which a later run knows what is ours. */
export function marksOf(playlist: string, kept: readonly string[]): string[] {
  const folder = posix.dirname(`/${playlist}`);
  const keeps = kept.map((file) => `${mark} keeps ${encodeURI(posix.relative(folder, `/${file}`))}`);
  return [`${mark} ${encodeURI(playlist)}`, ...keeps];
}

/** Removes temporary files; everything else is only told. A folder that is not there has no leftovers. */
export async function findLeftovers(root: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const file of await filesBelow(root)) {
    if (file.endsWith(`.m3u8${temporaryEnding}`) || file.endsWith(`.m3u8.fragment${temporaryEnding}`)) {
      await rm(join(root, file), { force: true }).catch(() => undefined);
    } else if (file.endsWith('.m3u8')) {
      const leftover = await readLeftover(root, file);
      if (leftover) found.push(leftover);
    }
  }
  return found;
}

/** False: somebody has written it since, or it is gone. */
export async function isUntouched(root: string, { playlist, modified }: Leftover): Promise<boolean> {
  const now = await stat(join(root, playlist)).catch(() => undefined);
  return now?.mtimeMs === modified;
}

/** Regular files, the links not followed. */
async function filesBelow(root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [{ path: '', depth: 0 }];
  let seen = 0;
  for (let folder = folders.pop(); folder && seen < mostEntries; folder = folders.pop()) {
    const { path, depth } = folder;
    const opened = await opendir(join(root, path)).catch(() => undefined);
    if (!opened) continue;
    for await (const entry of opened) {
      const name = posix.join(path, entry.name);
      if (entry.isFile()) files.push(name);
      else if (entry.isDirectory() && depth < deepest) folders.push({ path: name, depth: depth + 1 });
      seen += 1;
      if (seen >= mostEntries) break;
    }
  }
  return files;
}

/** Of one playlist; undefined: there is none, or it is not ours. */
export async function readLeftover(root: string, playlist: string): Promise<Leftover | undefined> {
  try {
    const path = join(root, playlist);
    const { size, mtimeMs } = await stat(path);
    if (size > largestPlaylist) return undefined;
    return parseLeftover(playlist, await readFile(path, 'utf8'), mtimeMs);
  } catch {
    // It went away, or is not ours to read.
    return undefined;
  }
}

/** undefined: not ours. */
export function parseLeftover(playlist: string, text: string, modified: number): Leftover | undefined {
  const lines = text.split('\n');
  if (lines[0] !== '#EXTM3U' || !lines.includes(`## ${mark} ${encodeURI(playlist)}`)) return undefined;
  const folder = posix.dirname(playlist);
  const listed = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const maps = matches(lines, /^#EXT-X-MAP:URI="(.*)"$/);
  const lengths = matches(lines, /^#EXTINF:([\d.]+),$/);
  const number = (pattern: RegExp): number => Number(matches(lines, pattern)[0] ?? 0);
  const breaks = lines.filter((line) => line === '#EXT-X-DISCONTINUITY').length;
  return {
    playlist,
    listed: [...listed, ...maps].flatMap((uri) => pathOf(folder, uri)),
    kept: matches(lines, new RegExp(`^## ${mark} keeps (.*)$`)).flatMap((uri) => pathOf(folder, uri)),
    length: lengths.reduce((total, length) => total + Number(length) * 1000, 0),
    lastSequence: number(/^#EXT-X-MEDIA-SEQUENCE:(\d+)$/) + listed.length - 1,
    discontinuities: number(/^#EXT-X-DISCONTINUITY-SEQUENCE:(\d+)$/) + breaks,
    modified,
  };
}

const matches = (lines: readonly string[], pattern: RegExp): string[] =>
  lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);

/** Of a relative URI that stays below hls_path; else none. */
function pathOf(folder: string, uri: string): string[] {
  try {
    const path = posix.join(folder, decodeURIComponent(uri));
    return path.startsWith('../') || path === '..' || posix.isAbsolute(uri) ? [] : [path];
  } catch {
    return [];
  }
}
