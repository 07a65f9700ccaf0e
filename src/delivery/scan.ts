// What a directory has to serve: regular files below it, as paths of requests. Bounded in depth and number. Nothing whose
// name begins with a dot, and no symbolic link that leads out of it.

import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Dirent } from 'node:fs';

export interface FoundFile {
  /** As a request names it: `/css/site.css`. */
  readonly path: string;
  /** Without symbolic links. */
  readonly file: string;
  readonly size: number;
  /** Differs when the content may. */
  readonly version: string;
}

export interface FoundFolder {
  /** As a request would name it, without the slash at its end: the root is ''. */
  readonly path: string;
  /** Another one of the same name has another. */
  readonly inode: number;
}

export interface Found {
  readonly files: readonly FoundFile[];
  readonly folders: readonly FoundFolder[];
  /** There was more than the bounds allow. */
  readonly cut: boolean;
}

export interface ScanOptions {
  /** True: not to be served. `path` as in FoundFile. */
  readonly skips: (path: string) => boolean;
  readonly mostFiles: number;
  readonly mostFolders: number;
}

const deepest = 16;
/** What the request reader refuses in a path, or what bytes that are no UTF-8 have become. */
const unservable = /[\p{Cc}\p{Cs}\\\uFFFD]/u;

/** Throws when the root itself can't be read. */
export async function scanFolder(folder: string, options: ScanOptions): Promise<Found> {
  const root = await realpath(folder);
  const files: FoundFile[] = [];
  const folders: FoundFolder[] = [];
  let cut = false;
  const waiting = [''];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    const listed = await list(join(root, at), at === '');
    if (!listed) continue;
    folders.push({ path: at, inode: listed.inode });
    for (const entry of listed.entries) {
      const path = `${at}/${entry.name}`;
      if (entry.name.startsWith('.') || unservable.test(entry.name)) continue;
      if (entry.isDirectory()) {
        const isRoom = waiting.length + folders.length < options.mostFolders && path.split('/').length <= deepest;
        if (isRoom) waiting.push(path);
        cut ||= !isRoom;
      } else if (!options.skips(path)) {
        const found = await fileOf(root, path, entry);
        if (found && files.length < options.mostFiles) files.push(found);
        else cut ||= found !== undefined;
      }
    }
  }
  return { files, folders, cut };
}

/** undefined: it went while others were read, which is no error. */
async function list(folder: string, isRoot: boolean): Promise<{ inode: number; entries: Dirent[] } | undefined> {
  try {
    const { ino } = await stat(folder);
    return { inode: ino, entries: await readdir(folder, { withFileTypes: true }) };
  } catch (error) {
    if (isRoot) throw error;
    return undefined;
  }
}

async function fileOf(root: string, path: string, entry: Dirent): Promise<FoundFile | undefined> {
  if (!entry.isFile() && !entry.isSymbolicLink()) return undefined;
  try {
    const named = join(root, path);
    const file = entry.isSymbolicLink() ? await realpath(named) : named;
    if (!file.startsWith(root === sep ? sep : root + sep)) return undefined;
    const facts = await stat(file);
    if (!facts.isFile()) return undefined;
    const { size, mtimeMs, ino } = facts;
    const version = [size, Math.round(mtimeMs * 1000), ino].map((number) => number.toString(36)).join('-');
    return { path, file, size, version };
  } catch {
    return undefined;
  }
}
