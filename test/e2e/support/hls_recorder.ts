// HLS of the real engine in the test's own process: every playlist that is put, and every fragment and part, in order.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseConfig } from '../../../src/config/load.js';
import type { HlsEngine } from '../../../src/hls/engine.js';
import { startHls } from '../../../src/hls/feature.js';
import { hlsGrant } from '../../../src/hls/settings.js';
import type { Log } from '../../../src/log.js';
import type { Engine } from '../../../src/native.js';
import { startEngine, type TestEngine } from './engine.js';
import { temporaryFolder } from './servers.js';

export interface Recorder {
  readonly host: TestEngine;
  /** Playlists as they were put. */
  readonly lists: string[];
  readonly folder: string;
  /** Files of all fragments and parts by the last level of their key; complete when `written` resolves. */
  readonly files: Map<string, string>;
  written(): Promise<void>;
  /** So much of the clock passes for HLS, which knows no other: media may come faster than it plays. */
  wait(milliseconds: number): void;
}

/** `directives` of the block hls. */
export function recordHls(context: TestContext, directives: string): Recorder {
  const text = `http_server { enabled on; } vhost v { hls { enabled on; ${directives} } }`;
  const { config } = parseConfig(text, 'test');
  const grant = hlsGrant(config, config.vhost[0] ?? assert.fail());
  const folder = join(temporaryFolder(context), 'fragments');
  mkdirSync(folder);
  const host = startEngine(context, { hls: grant, republishWait: 60_000 });
  const lists: string[] = [];
  const files = new Map<string, string>();
  const writes: Promise<number>[] = [];
  const put: Engine['putObject'] = (key, object) => {
    host.engine.putObject(key, object);
    if (key.endsWith('.m3u8')) lists.push(Buffer.from(object.body as Uint8Array).toString());
    if (!('range' in object.body)) return;
    const file = join(folder, basename(key));
    files.set(basename(key), file);
    writes.push(host.engine.writeRange(object.body.range, file));
  };
  const faults: string[] = [];
  const fault = (_: unknown, text: string) => faults.push(text);
  const log = { info: () => undefined, warn: fault, error: fault } as unknown as Log;
  const engine: HlsEngine = Object.assign(Object.create(host.engine) as Engine, { putObject: put });
  const around = { asksViewers: () => false, finished: () => undefined };
  context.mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() });
  const alone = { stats: () => ({ streams: [] }), identityOf: () => '', sourcesOf: () => [] };
  const hls = startHls({ engine, config: () => config, log, ...around, ...alone });
  host.listeners.push(hls.handle);
  context.after(() => hls.stop());
  const written = async () => {
    await Promise.all(writes);
    assert.deepEqual(faults, []);
  };
  const wait = (milliseconds: number) => context.mock.timers.tick(milliseconds);
  return { host, lists, folder, files, written, wait };
}
