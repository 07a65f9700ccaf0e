// Servers that record, and what they have recorded.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startWithApi, type WithApi } from './api.js';
import { temporaryFolder } from './servers.js';
import type { TestContext } from 'node:test';

export interface Recorder extends WithApi {
  readonly root: string;
}

interface RecorderOptions {
  /** Below the root. */
  readonly path?: string;
  /** Directives of the vhost beside `dvr`. */
  readonly vhost?: string;
  readonly root?: string;
}

/** `dvr` are the directives of its block. */
export async function recorder(context: TestContext, dvr = '', options: RecorderOptions = {}): Promise<Recorder> {
  const { path = '/[app]/[stream].[timestamp].flv', vhost = '', root = temporaryFolder(context) } = options;
  const block = `dvr { enabled on; dvr_path "${root}${path}"; ${dvr} }`;
  const weir = await startWithApi(context, { vhost: `republish_wait 0; ${block} ${vhost}` });
  return { ...weir, root };
}

/** Recorded files below a directory, by name; those in the making too. */
export function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.weir'))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .toSorted();
}

export const sizeBelow = (root: string): number =>
  filesBelow(root).reduce((sum, file) => sum + (statSync(join(root, file), { throwIfNoEntry: false })?.size ?? 0), 0);

export async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !condition();) {
    assert.ok(Date.now() < end, 'it has not come to that within a minute');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The files of a stream that is over, or that is recorded no more. */
export async function filesAtTheEnd(weir: Recorder): Promise<string[]> {
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const metrics = await (await weir.get('/metrics')).text();
    if (/^weir_dvr_recordings 0$/m.test(metrics)) return filesBelow(weir.root);
    assert.ok(Date.now() < end, 'it is still being recorded');
  }
}
