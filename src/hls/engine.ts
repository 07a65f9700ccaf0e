// What HLS needs of the native engine: a test's fake satisfies it.

import type { Engine } from '../native.js';

export type HlsEngine = Pick<
  Engine,
  | ('putObject' | 'removeObject' | 'promiseObject' | 'openView' | 'followView' | 'closeView')
  | ('releaseRange' | 'writeRange' | 'logMemory' | 'kick')
>;
