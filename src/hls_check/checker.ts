// Checks the playlists that one URL gives, one after the other, against RFC 8216 and, for parts, its second edition. Pure.

import type { MediaList, Segment } from './list.js';
import { faultsOf } from './one_list.js';
import { parseList } from './parse.js';
import { complete, faultsBetween } from './two_lists.js';

export interface Taken {
  /** Whole, also after a delta update; undefined: it can't be. */
  readonly list: MediaList | undefined;
  /** Those that no list before had. */
  readonly added: readonly Segment[];
  readonly faults: readonly string[];
}

export class HlsChecker {
  #last: MediaList | undefined;
  #lists = 0;
  #raises = 0;

  /** How many were taken, and how often the target duration had to be raised. */
  get counts(): { readonly lists: number; readonly raises: number } {
    return { lists: this.#lists, raises: this.#raises };
  }

  take(text: string): Taken {
    this.#lists += 1;
    const parsed = parseList(text);
    const before = this.#last;
    const list = complete(parsed.list, before);
    if (typeof list === 'string') return { list: undefined, added: [], faults: [...parsed.faults, list] };
    const faults = [...parsed.faults, ...faultsOf(list), ...(before ? faultsBetween(before, list) : [])];
    if (parsed.list.skipped > 0 && list.version < 9) faults.push('a delta update needs EXT-X-VERSION 9');
    if (before && list.targetDuration > before.targetDuration) this.#raises += 1;
    const from = before ? before.mediaSequence + before.segments.length : 0;
    this.#last = list;
    return { list, added: list.segments.filter(({ sequence }) => sequence >= from), faults };
  }
}
