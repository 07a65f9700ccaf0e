// Files in the directory that HLS writes there for other readers (hls_path is often the same directory). They are not
// served from it: HLS serves its own, and knows who may see them.

import { join, resolve, sep } from 'node:path';
import { hlsStorage } from '../config/hls_storage.js';
import type { Config } from '../config/load.js';

const written = /(\.m3u8|\.ts|\.m4s|\.tmp|-init\d+\.mp4)$/;

/** Of paths below `dir`, as requests name them. */
export function ownedByHls({ vhost }: Config, dir: string): (path: string) => boolean {
  const directories = vhost
    .filter((of) => of.enabled && of.hls.enabled)
    .flatMap(({ hls }) => hlsStorage(hls).directory ?? []);
  const folders = directories.map((directory) => resolve(directory) + sep);
  const root = resolve(dir);
  return (path) => written.test(path) && folders.some((folder) => join(root, path).startsWith(folder));
}
