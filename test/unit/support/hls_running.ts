// The feature HLS over a fake engine and a clock that the test turns.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { parseConfig, type Config } from '../../../src/config/load.js';
import { startHls, type Hls } from '../../../src/hls/feature.js';
import type { FinishedFragment } from '../../../src/hls/open_stream.js';
import type { Log } from '../../../src/log.js';
import type { NativeEvent } from '../../../src/native.js';
import { Cuts, FakeEngine, stream } from './hls_engine.js';

export interface Running {
  readonly engine: FakeEngine;
  readonly hls: Hls;
  readonly cuts: Cuts;
  readonly logged: { readonly level: string; readonly reason: unknown; readonly text: string }[];
  readonly finished: FinishedFragment[];
  config: Config;
  asks: boolean;
  /** Events of one turn; resolves when it is over. */
  turn: (...events: readonly NativeEvent[]) => Promise<void>;
  publish: () => Promise<void>;
  /** So much of the clock, with its sweeps. */
  wait: (milliseconds: number) => void;
}

export const unpublished = { type: 'unpublished', conn: 7, reason: 'finished', ...stream } as const;
export const ended = { type: 'streamEnded', ...stream } as const;

export const configOf = (hls: string, enabled = 'on'): Config =>
  parseConfig(
    `http_server { enabled on; } vhost __defaultVhost__ { hls { enabled ${enabled}; hls_fragment 2; ${/hls_window/.test(hls) ? '' : 'hls_window 10;'} ${hls} } }`,
    'test',
  ).config;

export const startTime = 1_000_000_000_000;
/** The clock in fragments of 2 s. */
export const firstSequence = 500_000_000;

export interface FeatureOptions {
  readonly asks?: boolean;
  readonly now?: number | undefined;
}

export function startFeature(context: TestContext, directives = '', options: FeatureOptions = {}): Running {
  const { asks = false, now = startTime } = options;
  context.mock.timers.enable({ apis: ['setInterval', 'Date'], now });
  const engine = new FakeEngine();
  const logged: Running['logged'] = [];
  const write = (level: string) => (fields: Record<string, unknown>, text: string) =>
    logged.push({ level, reason: fields['reason'], text });
  const log = { info: write('info'), warn: write('warn'), error: write('error') } as unknown as Log;
  const current = { config: configOf(directives), asks };
  const finished: Running['finished'] = [];
  const hls = startHls({
    engine,
    config: () => current.config,
    log,
    asksViewers: () => current.asks,
    finished: (each) => finished.push(each),
    ...{ stats: () => ({ streams: [] }), identityOf: () => '', sourcesOf: () => [] },
  });
  const turn = async (...events: readonly NativeEvent[]): Promise<void> => {
    for (const event of events) hls.handle(event);
    await Promise.resolve();
  };
  context.after(async () => {
    await hls.stop();
    assert.deepEqual(
      logged.filter(({ text }) => text === 'HLS failed'),
      [],
    );
  });
  return Object.assign(current, {
    ...{ engine, logged, finished, hls, turn, cuts: new Cuts(engine) },
    publish: () => turn({ type: 'published', conn: 7, ip: '', tcUrl: '', relayPath: '', ...stream }),
    wait: (milliseconds: number) => context.mock.timers.tick(milliseconds),
  });
}
