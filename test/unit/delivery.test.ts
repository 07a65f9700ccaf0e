// The delivery server beside its streams: pages, vhosts, the list of what is live, and how it follows the configuration.
import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseConfig } from '../../src/config/load.js';
import { ownedByHls } from '../../src/delivery/owned.js';
import { startDelivery } from '../../src/delivery/start.js';
import { listStreams } from '../../src/delivery/stream_list.js';
import type { Log } from '../../src/log.js';
import type { EngineStats, StoredObject, StreamStats } from '../../src/native.js';

const configOf = (text: string) => parseConfig(text, 'x.conf').config;

const stream: StreamStats = {
  ...{ vhost: '__defaultVhost__', app: 'live', stream: 's', publisher: 7, publisherIp: '127.0.0.1', players: 3 },
  playersByProtocol: { rtmp: 1, flv: 1, 'ws-flv': 1, ts: 0 },
  ...{
    hlsViewers: 2,
    forwards: 0,
    bytesIn: 1,
    bytesOut: 1,
    videoFrames: 1,
    audioFrames: 1,
    inRate3: 512_400,
    inRate30: 0,
  },
  ...{
    outRate3: 0,
    outRate30: 0,
    skips: 0,
    drops: 0,
    videoCodec: 'H264',
    audioCodec: 'AAC',
    codecs: '',
    width: 640,
    height: 360,
  },
  ...{ logBytes: 0, uptime: 61_900 },
};

describe('the list of streams', () => {
  const config = configOf('vhost __defaultVhost__ { hls { enabled on; } } vhost b {}');

  test('says what is live, to whom, and how it can be watched', () => {
    const listed = listStreams(config, { streams: [stream] });
    assert.deepEqual(listed, [
      {
        ...{ vhost: '__defaultVhost__', app: 'live', stream: 's', videoCodec: 'H264', audioCodec: 'AAC' },
        ...{ width: 640, height: 360, kbps: 512, viewers: 5, uptime: 61, protocols: ['flv', 'ws-flv', 'ts', 'hls'] },
      },
    ]);
  });

  test('leaves out what nobody publishes, and protocols that cannot carry it', () => {
    const streams = [
      { ...stream, publisher: 0 },
      { ...stream, vhost: 'b', videoCodec: 'VP9' },
      { ...stream, vhost: 'b', videoCodec: '' },
    ];
    const protocols = listStreams(config, { streams }).map((listed) => listed.protocols);
    assert.deepEqual(protocols, [
      ['flv', 'ws-flv'],
      ['flv', 'ws-flv', 'ts'],
    ]);
  });
});

test('what HLS writes into the directory is not served from it', () => {
  const config = configOf(`http_server { dir /srv/html; } vhost a { hls { enabled on; hls_path /srv/html/hls; } }
    vhost off { hls { enabled off; hls_path /srv/html; } }`);
  const isForeign = ownedByHls(config, config.http_server.dir);
  for (const path of ['/hls/live/s.m3u8', '/hls/live/s-1.ts', '/hls/s-1.m4s', '/hls/s-init1.mp4', '/hls/s.m3u8.tmp']) {
    assert.ok(isForeign(path), path);
  }
  for (const path of ['/live/s.m3u8', '/hls/movie.mp4', '/hls/readme.txt', '/hlsx/s.ts']) {
    assert.ok(!isForeign(path), path);
  }
});

async function until(keys: ReadonlyMap<string, StoredObject>, path: string): Promise<void> {
  for (let i = 0; i < 1000 && !keys.has(path); i++) await new Promise((next) => setTimeout(next, 10));
  assert.ok(keys.has(path), [...keys.keys()].join(' '));
}

describe('delivery', () => {
  const page = { path: '/p.html', contentType: 'text/html', cacheControl: 'no-cache', body: Buffer.from('page') };
  const lines: string[] = [];
  const line = (_: unknown, text: string) => lines.push(text);
  const log = { info: line, warn: line, debug: line } as unknown as Log;

  function startWith(text: string, pages = () => [page]) {
    const keys = new Map<string, StoredObject>();
    const vhosts: unknown[] = [];
    let config = configOf(text);
    const engine = {
      putObject: (key: string, object: StoredObject) => void keys.set(key, object),
      removeObject: (key: string) => keys.delete(key),
      setVhosts: (names: readonly string[], fallback: string | null) => void vhosts.push([...names], fallback),
    };
    const stats = () => ({ streams: [stream] }) as unknown as EngineStats;
    const delivery = startDelivery({ engine, config: () => config, log, stats, pages });
    const follow = (next: string) => {
      const before = config;
      config = configOf(next);
      delivery.follow(before, config);
    };
    return { keys, vhosts, follow, stop: delivery.stop };
  }

  test('tells which vhosts there are; one that is off keeps its name', (context) => {
    const { vhosts, follow, stop } = startWith('vhost __defaultVhost__ {} vhost a { enabled off; }');
    context.after(stop);
    follow('vhost b {}');
    assert.deepEqual(vhosts, [['__defaultVhost__', 'a'], '__defaultVhost__', ['b'], null]);
  });

  test('has pages while it is on, and the list when that is asked for', (context) => {
    const { keys, follow, stop } = startWith('http_server { enabled off; }');
    context.after(stop);
    assert.deepEqual([...keys.keys()], []);
    follow('http_server { enabled on; }');
    assert.deepEqual([...keys.keys()], ['/p.html']);
    assert.match(keys.get('/p.html')?.etag ?? '', /^"[\w-]{16}"$/);
    follow('http_server { enabled on; stream_list on; }');
    assert.deepEqual([...keys.keys()], ['/p.html', '/streams.json']);
    follow('http_server { enabled on; }');
    assert.deepEqual([...keys.keys()], ['/p.html']);
    follow('http_server { enabled off; }');
    assert.deepEqual([...keys.keys()], []);
  });

  test('goes on without pages that were not built, and says so', (context) => {
    const missing = (): never => {
      throw new Error('ENOENT dist/pages');
    };
    const { keys, stop } = startWith('http_server { enabled on; stream_list on; }', missing);
    context.after(stop);
    assert.deepEqual([...keys.keys()], ['/streams.json']);
    assert.ok(lines.some((text) => text.includes('npm run build') && text.includes('ENOENT')));
  });

  test('moves to another directory with the configuration', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-dir-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, `${name}.txt`), name);
    }
    const served = startWith(`http_server { enabled on; dir ${folder}/one; }`);
    context.after(served.stop);
    await until(served.keys, '/one.txt');
    served.follow(`http_server { enabled on; dir ${folder}/two; }`);
    assert.ok(!served.keys.has('/one.txt'));
    await until(served.keys, '/two.txt');
  });

  test('has the directory of a vhost below its mount, for that vhost alone', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-dir-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'docs', 'index.html'), 'docs');
    const configured = (vhost: string) => `http_server { enabled on; dir ${folder}/none; } vhost v { ${vhost} }`;
    const served = startWith(configured(`http { enabled on; mount [vhost]/files/; dir ${folder}; }`));
    context.after(served.stop);
    await until(served.keys, 'v/files/docs');
    assert.deepEqual([...served.keys.keys()].sort(), [
      '/p.html',
      'v/files/docs',
      'v/files/docs/',
      'v/files/docs/index.html',
    ]);
    assert.equal(served.keys.get('v/files/docs')?.location, '/files/docs/');
    served.follow(configured(`http { enabled off; dir ${folder}; }`));
    assert.deepEqual([...served.keys.keys()], ['/p.html']);
  });
});
