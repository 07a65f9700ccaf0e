// Which vhost serves, and what the engine is told about its streams.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { playGrant, publishGrant } from '../../src/admission/grant.js';
import { findVhost } from '../../src/admission/vhost.js';
import { parseConfig, type Config } from '../../src/config/load.js';

const config = (text: string): Config => parseConfig(text, 'x.conf').config;

describe('a vhost is found', () => {
  const some = config('vhost __defaultVhost__ { } vhost a.example.com { } vhost off { enabled off; }');
  const cases: readonly [asked: string, found: string | undefined][] = [
    ['a.example.com', 'a.example.com'],
    ['A.example.com', '__defaultVhost__'],
    ['b.example.com', '__defaultVhost__'],
    ['', '__defaultVhost__'],
    ['off', undefined],
  ];
  for (const [asked, found] of cases) {
    test(`"${asked}" is served by ${found ?? 'none'}`, () => assert.equal(findVhost(some, asked)?.name, found));
  }

  test('without a default vhost an unknown name is refused', () => {
    assert.equal(findVhost(config('vhost a { }'), 'b'), undefined);
  });

  test('a default vhost that is off refuses unknown names', () => {
    assert.equal(findVhost(config('vhost __defaultVhost__ { enabled off; }'), 'b'), undefined);
  });
});

describe('a grant', () => {
  const key = { vhost: 'v', app: 'live', stream: 's' };
  const grants = (text: string) => {
    const all = config(text);
    const vhost = findVhost(all, 'v') ?? assert.fail();
    return { publish: publishGrant(all, vhost, key, () => null), play: playGrant(all, vhost, key) };
  };

  test('has the defaults of the configuration', () => {
    assert.deepEqual(grants('').publish, {
      ...key,
      chunkSize: 60000,
      gopCache: true,
      queueLength: 30_000,
      mwLatency: -1,
      minLatency: false,
      tcpNodelay: true,
      sendTimeout: 30_000,
      timeJitter: 'full',
      atc: false,
      atcAuto: true,
      logMemory: 64 * 1024 * 1024,
      takeover: false,
      firstPacketTimeout: 20_000,
      normalTimeout: 5000,
      republishWait: 15_000,
      republishEnd: 'close',
      hls: null,
    });
    assert.equal(grants('').play.whenMissing, 'wait');
  });

  test('takes the chunk size of the vhost before that of the server', () => {
    assert.equal(grants('chunk_size 4096; vhost v { }').play.chunkSize, 4096);
    assert.equal(grants('chunk_size 4096; vhost v { chunk_size 128; }').play.chunkSize, 128);
  });

  test('flushes at every frame for min_latency on and for mw_latency 0', () => {
    assert.equal(grants('vhost v { min_latency on; }').play.minLatency, true);
    assert.equal(grants('vhost v { mw_latency 0; }').play.minLatency, true);
    assert.equal(grants('vhost v { mw_latency 350; }').play.mwLatency, 350);
  });

  test('refuses players of a missing stream for play_wait off', () => {
    assert.equal(grants('vhost v { play_wait off; }').play.whenMissing, 'refuse');
  });
});
