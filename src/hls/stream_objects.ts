// What HTTP serves of one stream: fragments, parts, init segments and the playlist in the native store, and the view that
// counts, and where asked for keeps out, those who watch.

import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { StreamKey } from '../native.js';
import type { RangeId } from '../native/hls.js';
import type { LiveList, ObjectCommands, StoredObject, ViewId } from '../native/objects.js';
import type { Entry, Init } from './assembly.js';
import type { StreamNames } from './names.js';

export type ObjectEngine = Pick<
  ObjectCommands,
  'putObject' | 'removeObject' | 'promiseObject' | 'openView' | 'followView' | 'closeView'
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
/** Bytes of randomness in the name of a list that is shared. */
const tokenBytes = 16;

export class StreamObjects {
  readonly #options: StreamObjectsOptions;
  readonly #view: ViewId;
  #list: StoredObject | undefined;
  /** Tokens of the names under which viewers of other streams, and of this one, have the list; by their view. */
  readonly #shared = new Map<ViewId, string>();
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
    const list: StoredObject = {
      body: Buffer.from(text),
      contentType: listType,
      cacheControl: listCaching,
      etag: `"${createHash('sha1').update(text).digest('base64url')}"`,
      view: this.#view,
      role: 'list',
      ...(live ? { live } : {}),
    };
    this.#list = list;
    this.#put(this.#options.names.playlistKey, list);
    for (const [view, token] of this.#shared) this.#putShared(list, view, token);
  }

  /** Who may watch is asked for. */
  get isGuarded(): boolean {
    return this.#options.view.ask;
  }

  /** Of its viewers; for playlists that are put for them. */
  get view(): ViewId {
    return this.#view;
  }

  /**
   * Viewers of `source` may have this stream, too, which was made of it, or is it: its list by a name that nobody can guess,
   * and what that names. Returns the token in that name.
   */
  shareWith(source: StreamObjects): string {
    const known = this.#shared.get(source.view);
    if (known !== undefined) return known;
    const token = randomBytes(tokenBytes).toString('hex');
    this.#shared.set(source.view, token);
    if (source !== this) this.#options.engine.followView(this.#view, source.view);
    if (this.#list) this.#putShared(this.#list, source.view, token);
    return token;
  }

  /** A request for the playlist waits so long until there is one. */
  promiseList(hold: number): void {
    if (!this.#list) this.#options.engine.promiseObject(this.#options.names.playlistKey, { view: this.#view, hold });
  }

  removeList(): void {
    const { engine, names } = this.#options;
    this.#list = undefined;
    engine.removeObject(names.playlistKey);
    for (const token of this.#shared.values()) engine.removeObject(names.sharedKey(token));
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

  /** Where the source is gone, so is the name for its viewers. */
  #putShared(list: StoredObject, view: ViewId, token: string): void {
    const { engine, names } = this.#options;
    const key = names.sharedKey(token);
    try {
      engine.putObject(key, { ...list, view, role: 'piece' });
    } catch {
      this.#shared.delete(view);
      engine.removeObject(key);
    }
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
