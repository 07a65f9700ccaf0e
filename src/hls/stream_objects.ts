// What HTTP serves of one stream: fragments, parts, init segments and the playlist in the native store, and the view that
// counts, and where asked for keeps out, those who watch.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StreamKey } from '../native.js';
import type { RangeId } from '../native/hls.js';
import type { LiveList, ObjectCommands, StoredObject, ViewId } from '../native/objects.js';
import type { Entry, Init } from './assembly.js';
import type { StreamNames } from './names.js';

export type ObjectEngine = Pick<
  ObjectCommands,
  'putObject' | 'removeObject' | 'promiseObject' | 'openView' | 'closeView'
>;

export interface StreamObjectsOptions {
  readonly engine: ObjectEngine;
  readonly key: StreamKey;
  readonly names: StreamNames;
  readonly container: 'ts' | 'fmp4';
  readonly view: { readonly ask: boolean; readonly grant: number; readonly idle: number };
  /** Something can't be served. */
  readonly failed: (key: string, error: unknown) => void;
  /** A name that is no more: it must not be taken for that of a stream. */
  readonly expired: (key: string) => void;
}

const listType = 'application/vnd.apple.mpegurl';
/** Names are used once, so nothing goes stale; who is asked for must not find his fragments in somebody's cache. */
const pieceCaching = 'public, max-age=3600, immutable';
const guardedCaching = 'private, max-age=60';
const listCaching = 'no-cache';

export class StreamObjects {
  readonly #options: StreamObjectsOptions;
  readonly #view: ViewId;
  #hasList = false;
  /** The part that was promised. */
  #hinted: string | undefined;

  constructor(options: StreamObjectsOptions) {
    this.#options = options;
    this.#view = options.engine.openView(options.key, options.view);
  }

  putFragment(entry: Entry, body: { readonly range: RangeId } | { readonly root: string }): void {
    const { key, file } = entry.place;
    const stored = 'root' in body ? { file: join(body.root, file) } : body;
    const isThere = this.#putPiece(key, stored, this.#mediaType());
    entry.held = isThere ? ('root' in body ? 'file' : 'memory') : 'lost';
  }

  putPart(key: string, range: RangeId): void {
    if (this.#hinted === key) this.#hinted = undefined;
    this.#putPiece(key, { range }, this.#mediaType());
  }

  putInit({ place, content }: Init): void {
    this.#putPiece(place.key, content, 'video/mp4');
  }

  putList(text: string, live?: LiveList): void {
    const { names } = this.#options;
    this.#hasList = true;
    this.#put(names.playlistKey, {
      body: Buffer.from(text),
      contentType: listType,
      cacheControl: listCaching,
      etag: `"${createHash('sha1').update(text).digest('base64url')}"`,
      view: this.#view,
      role: 'list',
      ...(live ? { live } : {}),
    });
  }

  /** A request for the playlist waits so long until there is one. */
  promiseList(hold: number): void {
    if (!this.#hasList) this.#options.engine.promiseObject(this.#options.names.playlistKey, { view: this.#view, hold });
  }

  removeList(): void {
    this.#hasList = false;
    this.#options.engine.removeObject(this.#options.names.playlistKey);
  }

  /** The part that comes next, or none: who waits for another one waits in vain. */
  hint(key: string | undefined, hold: number): void {
    const { engine } = this.#options;
    if (this.#hinted !== undefined && this.#hinted !== key) engine.removeObject(this.#hinted);
    if (key !== undefined && this.#hinted !== key) engine.promiseObject(key, { view: this.#view, hold, role: 'piece' });
    this.#hinted = key;
  }

  remove(key: string): void {
    if (this.#options.engine.removeObject(key)) this.#options.expired(key);
  }

  close(): void {
    this.hint(undefined, 0);
    this.removeList();
    this.#options.engine.closeView(this.#view);
  }

  #mediaType(): string {
    return this.#options.container === 'ts' ? 'video/mp2t' : 'video/mp4';
  }

  #putPiece(key: string, body: StoredObject['body'], contentType: string): boolean {
    const cacheControl = this.#options.view.ask ? guardedCaching : pieceCaching;
    return this.#put(key, { body, contentType, cacheControl, etag: '', view: this.#view, role: 'piece' });
  }

  #put(key: string, object: StoredObject): boolean {
    try {
      this.#options.engine.putObject(key, object);
      return true;
    } catch (error) {
      this.#options.failed(key, error);
      return false;
    }
  }
}
