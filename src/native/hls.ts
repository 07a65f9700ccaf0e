// The boundary's part for HLS: native code cuts a stream's log into fragments and says so; TypeScript lists, names, keeps and
// writes them. All events of one stream come in its order, and each range is held until releaseRange, whatever becomes of
// the stream: who does not want it must release it.

import type { StreamKey } from '../native.js';

/** A held slice of a stream's log: its bytes stay until it is released. */
export type RangeId = number;

/** How a stream is cut. Times in milliseconds of the stream. */
export interface HlsGrant {
  readonly container: 'ts' | 'fmp4';
  /** Cut at the first key frame at or after this. */
  readonly fragment: number;
  /** Cut without a key frame when a fragment is this long: without video, and in key-frame droughts unless waitKeyframe. At least 1 s. */
  readonly longest: number;
  /** Fragments begin with key frames however rare these are, as long as one fits into a quarter of log_memory. */
  readonly waitKeyframe: boolean;
  /**
   * Fragments are told in parts too (LL-HLS); 0: no. A part ends before the frame that would make it longer than this. It is
   * longer only where a single frame is, or where frames come slower than those just before.
   */
  readonly part: number;
}

interface PieceOfStream extends StreamKey {
  readonly range: RangeId;
  /** Counts the publishes of the stream, from 1. */
  readonly publish: number;
  /** DTS of its first frame. */
  readonly start: number;
  /** Exact: what follows starts at start + duration, unless that is a discontinuity. */
  readonly duration: number;
  readonly bytes: number;
  /** Begins with a key frame, or has audio only. */
  readonly independent: boolean;
  /**
   * Of the fragment: the codecs, a decoder configuration or the tracks are others than in the one before, or the time line is
   * broken. A publisher who comes back with the same headers is none, if the stream's time goes on. Of the first: false.
   */
  readonly discontinuity: boolean;
  /** Of the init segment that it needs; 0: none (MPEG-TS). */
  readonly initVersion: number;
}

export type HlsEvent =
  | ({
      readonly type: 'fragment';
      readonly hasVideo: boolean;
      readonly hasAudio: boolean;
      /** The publish ended with it. */
      readonly last: boolean;
      /** Memory of the log that it was cut from: what players need and all that is held of it. To be kept below logMemory. */
      readonly logBytes: number;
    } & PieceOfStream)
  /** Comes before the `fragment` that it is a part of. */
  | ({ readonly type: 'part'; /** In its fragment, from 0. */ readonly index: number } & PieceOfStream)
  /** The init segment of what comes from now on. `codecs` as in RFC 6381. */
  | ({
      readonly type: 'hlsInit';
      readonly version: number;
      readonly bytes: Uint8Array;
      readonly codecs: string;
    } & StreamKey)
  /** Nobody publishes, and nobody is expected back any more (republishWait is over); or it is no longer cut, or into another container. */
  | ({ readonly type: 'streamEnded' } & StreamKey);

export interface HlsCommands {
  /** False: it was released already. Objects of the store that were made from it keep their own hold. */
  releaseRange(range: RangeId): boolean;
  /**
   * Copies a range to a new file (an old one is emptied) on a thread of the pool; the number of its bytes. Rejects with an
   * Error with `code` (ENOSPC, EACCES...; ESTALE: the range is gone), and leaves no file then. The range may be released
   * meanwhile.
   */
  writeRange(range: RangeId, path: string): Promise<number>;
  /** The bytes of a range, up to 64 MiB; rejects with `code` EMSGSIZE for more. */
  readRange(range: RangeId): Promise<Uint8Array>;
  /** What all logs hold, and memory_limit. */
  logMemory(): { readonly used: number; readonly limit: number };
}
