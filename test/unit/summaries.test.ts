// The regular lines: one for each stage and interval, none while nobody is there.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CopyFacts } from '../../src/forward/copy.js';
import type { IngestFacts } from '../../src/ingest/feature.js';
import type { Log } from '../../src/log.js';
import type { EngineFacts } from '../../src/transcode/feature.js';
import type { EngineStats, ReactorStats } from '../../src/native.js';
import { startSummaries } from '../../src/summaries.js';

const nothing = {
  ...{ uptime: 0, connections: 0, publishers: 0, players: 0, accepted: 0, bytesIn: 0, bytesOut: 0, skips: 0, drops: 0 },
  ...{
    inRate3: 0,
    inRate30: 0,
    outRate3: 0,
    outRate30: 0,
    logBytes: 0,
    heapBytes: 0,
    memoryLimit: 0,
    ended: {},
    eventsMissed: 0,
  },
  ...{ refused: {}, responses: {}, objects: 0, objectBytes: 0 },
  reactors: [] as ReactorStats[],
  streams: [],
  vhosts: [],
} satisfies EngineStats;

const reactor = (rounds: number, roundTime: number, roundIntervals: number): ReactorStats => ({
  ...{ connections: 0, players: 0, rounds, roundTime, roundMax: 0, roundIntervals, startDelay: 0, startDelayMax: 0 },
  startDelays: [],
});

describe('summaries', () => {
  test('come once in their interval and only for a stage with clients', (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] });
    const lines: Record<string, unknown>[] = [];
    const log = { info: (fields: Record<string, unknown>) => lines.push(fields) } as unknown as Log;
    let hls = { streams: 0, fragments: 3, bytes: 0, failures: 1 };
    let now: EngineStats = { ...nothing, reactors: [reactor(10, 1000, 5000)] };
    let copies: CopyFacts[] = [];
    const forwards = () => ({ copies, attempts: 0, bytes: 0, failures: new Map<string, number>() });
    const works = [{ state: 'running' } as IngestFacts, { state: 'waiting' } as IngestFacts];
    let fetched: IngestFacts[] = [];
    const ingests = () => ({ ingests: fetched, attempts: 0, failures: new Map<string, number>() });
    let engines: EngineFacts[] = [];
    const transcodes = () => ({ engines, starts: 0, restarts: 0, failures: 0 });
    const sources = { engine: () => now, hls: () => hls, forwards, ingests, transcodes };
    const intervals = { publish: 1000, play: 3000, hls: 3000, forwarder: 3000, ingester: 3000, encoder: 3000 };
    const stop = startSummaries(log, intervals, sources);

    context.mock.timers.tick(3000);
    assert.equal(lines.length, 0, 'an idle server is silent');

    now = {
      ...{ ...nothing, publishers: 2, players: 300, inRate30: 1_000_400, outRate30: 150_000_000, skips: 4 },
      reactors: [reactor(20, 3000, 205_000), reactor(30, 0, 400_000)],
    };
    hls = { streams: 2, fragments: 8, bytes: 9000, failures: 1 };
    copies = [{ state: 'forwarding' } as CopyFacts, { state: 'waiting' } as CopyFacts];
    fetched = works;
    const engine = (state: string, speed: number) => ({ state, progress: { speed } }) as EngineFacts;
    engines = [engine('running', 1.1), engine('running', 0.9), engine('running', 0), engine('failed', 0)];
    context.mock.timers.tick(3000);
    const stages = lines.map((line) => line['stage']);
    const each = ['encoder', 'forwarder', 'hls', 'ingester', 'play', 'publish', 'publish', 'publish'];
    assert.deepEqual(stages.toSorted(), each);
    const publish = lines.find((line) => line['stage'] === 'publish');
    assert.deepEqual([publish?.['publishers'], publish?.['kbps30']], [2, 1000]);
    const play = lines.find((line) => line['stage'] === 'play');
    assert.deepEqual([play?.['players'], play?.['kbps30'], play?.['skips']], [300, 150_000, 4]);
    // 40 rounds since the line before, 600 ms of intervals and 2 ms of work in all.
    assert.deepEqual([play?.['roundInterval'], play?.['roundTime']], [15, 0.05]);

    const summary = lines.find((line) => line['stage'] === 'hls');
    assert.deepEqual([summary?.['streams'], summary?.['fragments'], summary?.['failures']], [2, 5, 0]);

    const copying = lines.find((line) => line['stage'] === 'forwarder');
    assert.deepEqual([copying?.['forwards'], copying?.['forwarding']], [2, 1]);

    const fetching = lines.find((line) => line['stage'] === 'ingester');
    assert.deepEqual([fetching?.['ingests'], fetching?.['running']], [2, 1]);
    const transcoding = lines.find((line) => line['stage'] === 'encoder');
    assert.deepEqual([transcoding?.['engines'], transcoding?.['running'], transcoding?.['slowest']], [4, 3, 0.9]);

    stop();
    lines.length = 0;
    context.mock.timers.tick(10_000);
    assert.equal(lines.length, 0);
  });
});
