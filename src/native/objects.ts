// The boundary's part for HTTP objects: what TypeScript puts into the native store is served without asking it again.
//
// A key is a path as the request reader decodes it (`/live/s.m3u8`), for every vhost, or `${vhost}${path}` for one; a
// vhost's own object hides one for all. Objects never change: a key is put again. What a viewer has begun to fetch he gets
// whole, whatever becomes of its key.

import type { ConnectFacts, ConnectionId, RangeId, StreamKey } from '../native.js';

/** The viewers of one stream's objects: who they are, and whether they may. */
export type ViewId = number;

export interface StoredObject {
  /** Bytes are copied. A file is opened by the call: regular, no symbolic link; it must not change while it is served. */
  readonly body: Uint8Array | { readonly range: RangeId } | { readonly file: string };
  /** Empty: by the key's ending. */
  readonly contentType: string;
  readonly cacheControl: string;
  /** With its quotes; empty: none. */
  readonly etag: string;
  readonly view?: ViewId;
  /** `list` (the default): who asks for it is a viewer. `piece`: served to who is one already. Counts with a view only. */
  readonly role?: 'list' | 'piece';
  readonly live?: LiveList;
  /** Who asks is sent there, with 301; the body is not. */
  readonly location?: string;
}

/**
 * Of a playlist that can be waited for (LL-HLS): _HLS_msn, _HLS_part and _HLS_skip of a request are obeyed.
 * Everything before fragment `msn` is listed, and of that one the parts 0..`part`.
 */
export interface LiveList {
  /** The fragment in the making. */
  readonly msn: number;
  /** Its last part that is listed; -1: none yet. */
  readonly part: number;
  /** How many parts the fragment before it has. */
  readonly previousParts: number;
  /** The stream is over: nothing is waited for. */
  readonly ended: boolean;
  /** A request is held so long at most, then answered with 503. */
  readonly hold: number;
  /** How many parts ahead of the newest one a request may ask for (Advance Part Limit). */
  readonly partLimit: number;
  /** What a request with _HLS_skip gets; absent: the whole list. */
  readonly delta?: Uint8Array;
}

export interface ViewOptions {
  /** A viewer's first request raises `play`, and he gets nothing before the answer. */
  readonly ask: boolean;
  /** How long a verdict is kept; the next request after it asks again. */
  readonly grant: number;
  /** A viewer who asked for nothing so long is gone. Absent: as `grant`. */
  readonly idle?: number;
}

export interface PromisedObject extends Pick<StoredObject, 'view' | 'role'> {
  readonly hold: number;
}

export interface ObjectCommands {
  /** Wakes who waits for it. Throws an Error: with `code` (ENOENT, EACCES, EMFILE...) when the file can't be opened; when the range or view is gone. */
  putObject(key: string, object: StoredObject): void;
  /** False: there was none, nor a promise of one. Who waited gets 404. */
  removeObject(key: string): boolean;
  /** There will be an object soon (LL-HLS preload hint): a request for it waits up to `hold`, then gets 503. Nothing if it is there already. */
  promiseObject(key: string, options: PromisedObject): void;
  /** Which vhost a request is for: the one that `?vhost=` or its Host names, if it is one of these, else `fallback`. */
  setVhosts(names: readonly string[], fallback: string | null): void;
  openView(key: StreamKey, options: ViewOptions): ViewId;
  /**
   * Who watches `source` may have the pieces of `view`, from the same address: it was made of that, and players change between
   * them. False: `view` is gone.
   */
  followView(view: ViewId, source: ViewId): boolean;
  /** Its viewers are gone; what objects still name it is not found. */
  closeView(view: ViewId): boolean;
  /** The answer to `play` of a view; rejectPlay is the other one. It counts although the connection may be gone. */
  acceptView(conn: ConnectionId): boolean;
}

/** A viewer of a view is who asks from one address with one query, whatever connections he uses. */
export type ViewEvent =
  /**
   * He wants to watch: decide with acceptView or rejectPlay. Once for a viewer, and again (`again`) with his first request
   * after a verdict's time. `name` is the path that was asked for and `query` comes without _HLS_*.
   */
  | ({
      readonly type: 'play';
      readonly protocol: 'hls';
      readonly conn: ConnectionId;
      readonly view: ViewId;
      readonly again: boolean;
      readonly name: string;
      readonly query: string;
      readonly host: string;
      readonly ip: string;
    } & Omit<ConnectFacts, 'app'> &
      StreamKey)
  /** A viewer who had been accepted asked for nothing any more. None comes for who was refused when asked about again. */
  | ({
      readonly type: 'viewerLeft';
      readonly view: ViewId;
      readonly ip: string;
      readonly query: string;
    } & StreamKey);
