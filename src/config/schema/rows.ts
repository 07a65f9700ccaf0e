// Rows that many blocks share.

import { one, type Era, type Leaf } from '../table.js';
import * as v from '../values.js';

/** The switch of a block; off unless written. */
export function enabled(since: Era): Leaf<boolean> {
  return one(v.flag, { doc: 'The switch of this block.', since, default: 'off', reload: 'live', probe: 'on' });
}
