// Where files go: into the store, with the names by which a directory is asked for. What a file hides (one of our pages) is
// there again when the file goes.

import type { Engine, StoredObject } from '../native.js';

export interface Shelf {
  readonly put: (path: string, object: StoredObject) => void;
  readonly remove: (path: string) => void;
}

export type Store = Pick<Engine, 'putObject' | 'removeObject'>;

const index = 'index.html';

/** The keys of a file: `/players/index.html` is what `/players/` shows, and `/players` leads there. */
function keysOf(path: string, object: StoredObject): readonly (readonly [string, StoredObject])[] {
  if (!path.endsWith(`/${index}`)) return [[path, object]];
  const folder = path.slice(0, -index.length);
  const keys: (readonly [string, StoredObject])[] = [
    [path, object],
    [folder, { ...object, contentType: object.contentType || 'text/html; charset=utf-8' }],
  ];
  if (folder === '/') return keys;
  const { cacheControl } = object;
  const away = {
    body: new Uint8Array(),
    contentType: 'text/html',
    cacheControl,
    etag: '',
    location: encodeURI(folder),
  };
  return [...keys, [folder.slice(0, -1), away]];
}

/** `below`: what is served where no file is. */
export function createShelf(store: Store, below: ReadonlyMap<string, StoredObject>): Shelf {
  const keys = new Map<string, readonly string[]>();
  for (const [path, object] of below) store.putObject(path, object);
  return {
    put: (path, object) => {
      const all = keysOf(path, object);
      for (const [key, of] of all) store.putObject(key, of);
      keys.set(
        path,
        all.map(([key]) => key),
      );
    },
    remove: (path) => {
      for (const key of keys.get(path) ?? []) {
        const hidden = below.get(key);
        if (hidden) store.putObject(key, hidden);
        else store.removeObject(key);
      }
      keys.delete(path);
    },
  };
}
