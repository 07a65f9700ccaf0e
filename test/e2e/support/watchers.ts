// Players of the load generator who check every frame that they get, and that none is missing.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { start, type Running } from './process.js';
import { repository } from './servers.js';

const generator = join(repository, 'build', 'Release', 'weir-load');

interface Watching {
  readonly joined: number;
  readonly lost: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly sample: Readonly<Record<string, number>>;
}

function load(context: TestContext, ...args: readonly string[]): Running {
  return start(context, generator, [...args, '--quiet', '--events'], { seconds: 300 });
}

export interface Audience {
  /** Ends them; every one was there from its beginning to now, and has all. */
  readonly nothingLost: () => Promise<void>;
}

/**
 * Publishes a stream at `host`/live/s and has so many players of it over each of RTMP, HTTP-FLV and WS-FLV; resolves when
 * all of them watch. `checked` of each look into what they get.
 */
export async function audience(
  context: TestContext,
  { port, http }: { readonly port: number; readonly http: number },
  players: number,
  checked: number,
): Promise<Audience> {
  const urls = {
    RTMP: `rtmp://127.0.0.1:${String(port)}/live/s`,
    'HTTP-FLV': `http://127.0.0.1:${String(http)}/live/s.flv`,
    'WS-FLV': `ws://127.0.0.1:${String(http)}/live/s.flv`,
  };
  load(context, 'publish', urls.RTMP, '--bitrate', '300', '--stamp');
  const counts = ['--players', String(players), '--sample', String(checked), '--duration', '0', '--json', '-'];
  const crews = Object.entries(urls).map(([name, url]) => ({ name, running: load(context, 'play', url, ...counts) }));
  await Promise.all(crews.map(({ running }) => running.line(/"measuring"/)));
  return {
    nothingLost: async () => {
      for (const { name, running } of crews) assertWhole((await running.stop()).stdout, players, name);
    },
  };
}

function assertWhole(stdout: string, players: number, name: string): void {
  const line = stdout.split('\n').find((one) => one.startsWith('{"kind"')) ?? assert.fail(stdout);
  const result = JSON.parse(line) as Watching;
  const { corrupt, gaps, missing, repeated, backwards, jumps, continuity } = result.sample;
  assert.deepEqual(
    { joined: result.joined, lost: result.lost, errors: result.errors },
    { joined: players, lost: 0, errors: {} },
    name,
  );
  assert.deepEqual(
    { corrupt, gaps, missing, repeated, backwards, jumps, continuity },
    { corrupt: 0, gaps: 0, missing: 0, repeated: 0, backwards: 0, jumps: 0, continuity: 0 },
    name,
  );
  assert.ok((result.sample['frames'] ?? 0) > 0, name);
}
