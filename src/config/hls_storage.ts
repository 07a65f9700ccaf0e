// Where a vhost's HLS is kept: what hls_path and hls_storage say together.

import type { VhostConfig } from './load.js';

export interface HlsStorage {
  readonly inMemory: boolean;
  /** undefined: there are no files. */
  readonly directory: string | undefined;
}

/** SRS's. */
const defaultDirectory = './objs/nginx/html';

/** Who writes hls_path has readers of his own, nginx perhaps; for weir alone memory will do. */
export function hlsStorage({ hls_path, hls_storage }: VhostConfig['hls']): HlsStorage {
  const isOnDisk =
    hls_storage === undefined ? hls_path !== undefined : hls_storage === 'disk' || hls_storage === 'both';
  return {
    inMemory: hls_storage !== 'disk',
    directory: isOnDisk ? (hls_path ?? defaultDirectory) : undefined,
  };
}
