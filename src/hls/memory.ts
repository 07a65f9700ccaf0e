// How much of its memory a stream has to give back. Pure.

import type { HlsSettings } from './settings.js';

export interface MemoryFacts {
  /** Bytes of its fragments that are served from memory. */
  readonly held: number;
  /** Of the log that they lie in: more than these, because players need some of it and segments go as a whole. */
  readonly logBytes: number;
  readonly newest: number;
  /** Of all logs. */
  readonly engine: { readonly used: number; readonly limit: number };
}

/** Below what makes the engine give up GOPs and refuse publishers. */
const fullAt = 0.85;

export interface Excess {
  /** Which limit is near. */
  readonly limit: string;
  readonly bytes: number;
  /** Fragments that stay all the same: a list of one is hardly a stream. */
  readonly least: number;
}

/** undefined: all is well. */
export function excessOf(
  { held, logBytes, newest, engine }: MemoryFacts,
  { memoryLimit, logMemory }: Pick<HlsSettings, 'memoryLimit' | 'logMemory'>,
): Excess | undefined {
  const limits = [
    { limit: 'hls_memory_limit', bytes: held - memoryLimit, least: 1 },
    // Players need some of it, too, so it may be beyond what HLS can do.
    { limit: 'log_memory', bytes: logBytes - fullAt * logMemory, least: 3 },
    // Two fragments for each one that came, so that it gets less however many streams there are.
    { limit: 'memory_limit', bytes: engine.used > fullAt * engine.limit ? 2 * newest : 0, least: 1 },
  ];
  const worst = limits.reduce((one, other) => (other.bytes > one.bytes ? other : one));
  return worst.bytes > 0 ? worst : undefined;
}
