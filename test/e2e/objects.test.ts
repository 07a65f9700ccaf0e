// Objects of the store as programs put them and clients fetch them: bytes, slices of a stream, files; promises, lists that
// are waited for, guarded streams.
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { NativeEvent, StoredObject } from '../../src/native.js';
import { startEngine, type TestEngine } from './support/engine.js';
import { sampleFile } from './support/media.js';
import { succeed } from './support/process.js';
import { temporaryFolder } from './support/servers.js';

const text = (body: string, more: Partial<StoredObject> = {}): StoredObject => ({
  ...{ body: Buffer.from(body), contentType: 'text/plain', cacheControl: 'no-cache', etag: '' },
  ...more,
});

interface Served {
  readonly host: TestEngine;
  readonly url: string;
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

function serve(context: TestContext, grant: Parameters<typeof startEngine>[1] = {}): Served {
  const host = startEngine(context, grant);
  const { port } = host.engine.listen('127.0.0.1', 0, 'http');
  const url = `http://127.0.0.1:${String(port)}`;
  const get = async (path: string, headers = {}): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, { headers, redirect: 'manual' });
    return { status: response.status, body: await response.text(), headers: response.headers };
  };
  return { host, url, get };
}

describe('objects', { concurrency: 3 }, () => {
  test('are fetched, revalidated, resumed and cut by curl', async (context) => {
    const { host, url } = serve(context);
    const folder = temporaryFolder(context);
    const body = readFileSync(sampleFile);
    host.engine.putObject('/sample.flv', { body, contentType: '', cacheControl: 'max-age=60', etag: '"v1"' });
    const file = join(folder, 'got');
    const curl = async (...args: readonly string[]) =>
      (await succeed(context, 'curl', ['-sS', '-w', '%{http_code} %{num_connects}', '-o', file, ...args])).stdout;

    assert.equal(await curl(`${url}/sample.flv`), '200 1');
    assert.ok(readFileSync(file).equals(body));
    assert.equal(await curl('-r', '100-199', `${url}/sample.flv`), '206 1');
    assert.ok(readFileSync(file).equals(body.subarray(100, 200)));
    writeFileSync(file, body.subarray(0, 5000));
    assert.equal(await curl('-C', '-', `${url}/sample.flv`), '206 1');
    assert.ok(readFileSync(file).equals(body), 'the rest was appended');
    assert.equal(await curl('-H', 'If-None-Match: "v1"', `${url}/sample.flv`), '304 1');
    const two = await curl(`${url}/sample.flv`, '-o', join(folder, 'second'), `${url}/sample.flv`);
    assert.equal(two, '200 1200 0', 'the second came over the same connection');
    const head = await succeed(context, 'curl', ['-sS', '-I', `${url}/sample.flv`]);
    assert.match(head.stdout, /Content-Type: video\/x-flv\r\nContent-Length: \d+\r\nAccept-Ranges: bytes/);
  });

  test('may be files; one that cannot be opened is an error with its code', async (context) => {
    const { host, get } = serve(context);
    const folder = temporaryFolder(context);
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'in a file');
    symlinkSync(file, join(folder, 'link'));
    host.engine.putObject('/a.txt', text('', { body: { file } }));
    assert.equal((await get('/a.txt', { range: 'bytes=5-' })).body, 'file');
    const put = (path: string) => () => host.engine.putObject('/b', text('', { body: { file: join(folder, path) } }));
    assert.throws(put('none'), { code: 'ENOENT' });
    assert.throws(put('link'), { code: 'ELOOP' });
    assert.throws(put('.'), { code: 'EINVAL' });
    assert.equal((await get('/b')).status, 404);
    assert.throws(() => host.engine.putObject('/b', text('', { body: { range: 12345 } })), /range is gone/);
    assert.throws(() => host.engine.putObject('/b', text('x', { view: 12345 })), /view is gone/);
    assert.throws(() => host.engine.promiseObject('/b', { view: 12345, hold: 1 }), /view is gone/);
  });

  test('may be slices of a stream, and hold them', async (context) => {
    const hls = { container: 'ts', fragment: 2000, longest: 4000, waitKeyframe: true, part: 0 } as const;
    const { host, url } = serve(context, { hls, republishWait: 0 });
    await host.publishFlv('s', sampleFile);
    const fragments = host.eventsOf('fragment');
    assert.ok(fragments.length >= 2);
    for (const [index, { range }] of fragments.entries()) {
      const expected = Buffer.from(await host.engine.readRange(range));
      host.engine.putObject(`/${String(index)}.ts`, { ...text(''), body: { range }, contentType: '' });
      assert.equal(host.engine.releaseRange(range), true);
      const response = await fetch(`${url}/${String(index)}.ts`);
      assert.equal(response.headers.get('content-type'), 'video/mp2t');
      assert.ok(Buffer.from(await response.arrayBuffer()).equals(expected), `fragment ${String(index)}`);
    }
  });

  test('lead elsewhere', async (context) => {
    const { host, get } = serve(context);
    host.engine.putObject('/players', text('', { location: '/players/' }));
    const { status, body, headers } = await get('/players');
    assert.deepEqual([status, body, headers.get('location')], [301, '', '/players/']);
  });

  test('are counted', async (context) => {
    const { host, get } = serve(context);
    host.engine.putObject('/a', text('12345'));
    host.engine.putObject('/b', text('67'));
    await get('/a');
    await get('/none');
    const { objects, objectBytes, responses, refused } = host.engine.stats();
    assert.deepEqual(
      { objects, objectBytes, responses },
      { objects: 2, objectBytes: 7, responses: { 200: 1, 404: 1 } },
    );
    assert.equal(refused['object_not_found'], 1);
    assert.equal(host.engine.removeObject('/a'), true);
    assert.equal(host.engine.removeObject('/a'), false);
  });
});

describe('requests that wait', { concurrency: 3 }, () => {
  test('get what was promised, 404 when it is taken back, 503 when it is late', async (context) => {
    const { host, get } = serve(context);
    for (const path of ['/kept', '/back']) host.engine.promiseObject(path, { hold: 30_000 });
    host.engine.promiseObject('/late', { hold: 100 });
    const asked = [get('/kept'), get('/back')] as const;
    assert.equal((await get('/late')).status, 503);
    host.engine.putObject('/kept', text('here'));
    host.engine.removeObject('/back');
    assert.equal((await asked[0]).body, 'here');
    assert.equal((await asked[1]).status, 404);
  });

  test('get the playlist that they ask for (LL-HLS)', async (context) => {
    const { host, get } = serve(context);
    const put = (msn: number, part: number, more = {}) => {
      const live = { msn, part, previousParts: 2, ended: false, hold: 30_000, partLimit: 3, ...more };
      host.engine.putObject('/s.m3u8', text(`list ${String(msn)}.${String(part)}`, { live }));
    };
    put(7, 0);
    assert.equal((await get('/s.m3u8?_HLS_msn=7&_HLS_part=0')).body, 'list 7.0');
    const [part, whole] = [get('/s.m3u8?_HLS_msn=7&_HLS_part=1'), get('/s.m3u8?_HLS_msn=7')];
    const next = get('/s.m3u8?_HLS_msn=8&_HLS_part=0');
    assert.equal((await get('/s.m3u8?_HLS_msn=9')).status, 400);
    assert.equal((await get('/s.m3u8?_HLS_part=1')).status, 400);
    put(7, 1);
    assert.equal((await part).body, 'list 7.1');
    put(8, -1);
    assert.equal((await whole).body, 'list 8.-1');
    put(8, 0, { delta: Buffer.from('delta'), hold: 100 });
    assert.equal((await next).body, 'list 8.0');
    assert.equal((await get('/s.m3u8?_HLS_skip=YES&_HLS_msn=8&_HLS_part=0')).body, 'delta');
    assert.equal((await get('/s.m3u8?_HLS_msn=8&_HLS_part=1')).status, 503, 'never the unchanged list');
    put(9, -1, { ended: true });
    assert.equal((await get('/s.m3u8?_HLS_msn=99&_HLS_part=1')).body, 'list 9.-1');
  });
});

type Question = Extract<NativeEvent, { protocol: 'hls' }>;

/** A guarded stream; `play` events are the test's to answer. */
function guard(context: TestContext, options: { readonly grant: number; readonly idle?: number }) {
  const served = serve(context);
  const { host } = served;
  const key = { vhost: 'v', app: 'live', stream: 's' };
  const view = host.engine.openView(key, { ask: true, ...options });
  host.engine.putObject('/s.m3u8', text('list', { view, role: 'list' }));
  host.engine.putObject('/1.ts', text('piece', { view, role: 'piece' }));
  const question = async (n: number): Promise<Question> => {
    const asked = await host.nth('play', n);
    assert.ok(asked.protocol === 'hls');
    return asked;
  };
  return { ...served, view, key, question };
}

describe('a guarded stream', { concurrency: 3 }, () => {
  test('gives no fragment without a verdict, and asks once for each viewer', async (context) => {
    const { host, get, question, key, view } = guard(context, { grant: 60_000 });
    assert.equal((await get('/1.ts')).status, 403);
    // Ten connections of one viewer, all before the answer.
    const lists = [...Array(10).keys()].map((i) => get(`/s.m3u8?token=a&_HLS_msn=${String(i)}`));
    const { conn, name, query, host: asked, ip, flashVer, again, ...rest } = await question(1);
    assert.deepEqual(
      { name, query, asked, ip, flashVer, again },
      { name: '/s.m3u8', query: 'token=a', asked: '127.0.0.1', ip: '127.0.0.1', flashVer: 'node', again: false },
    );
    assert.deepEqual([rest.vhost, rest.app, rest.stream, rest.view], [key.vhost, key.app, key.stream, view]);
    assert.equal((await get('/1.ts')).status, 403, 'asked is not answered');
    assert.equal(host.engine.acceptView(conn), true);
    for (const list of lists) assert.equal((await list).status, 200);
    assert.equal((await get('/1.ts')).body, 'piece');
    const other = get('/s.m3u8?token=b');
    const second = await question(2);
    assert.equal(second.query, 'token=b');
    assert.equal(host.engine.rejectPlay(second.conn, 'rejected', '', 'no'), true);
    assert.equal((await other).status, 403);
    assert.equal(host.eventsOf('play').length, 2);
    assert.equal(host.engine.acceptView(conn), false, 'it is answered already');
  });

  test('stops for a viewer who is revoked, within the time of a verdict', async (context) => {
    const { host, get, question } = guard(context, { grant: 500 });
    const list = get('/s.m3u8');
    host.engine.acceptView((await question(1)).conn);
    assert.equal((await list).status, 200);
    // As a player does, on and on: lists and pieces, until the server asks again.
    const playing = (async () => {
      for (;;) {
        const answers = [await get('/1.ts'), await get('/s.m3u8')];
        if (answers.some(({ status }) => status !== 200)) return answers;
      }
    })();
    const again = await question(2);
    assert.equal(again.again, true);
    host.engine.rejectPlay(again.conn, 'rejected', '', 'no longer');
    assert.ok((await playing).some(({ status }) => status === 403));
    assert.equal((await get('/1.ts')).status, 403);
    assert.equal((await get('/s.m3u8')).status, 403);
  });

  test('reports a viewer who left, and counts him as long as he is there', async (context) => {
    const { host, get, question, view, key } = guard(context, { grant: 200, idle: 300 });
    const list = get('/s.m3u8?token=a');
    host.engine.acceptView((await question(1)).conn);
    await list;
    const { type, ...left } = await host.nth('viewerLeft', 1);
    assert.equal(type, 'viewerLeft');
    const { vhost, app, stream, ip, query } = left;
    assert.deepEqual(
      { vhost, app, stream, ip, query, view: left.view },
      { ...key, ip: '127.0.0.1', query: 'token=a', view },
    );
    assert.equal(host.engine.closeView(view), true);
    assert.equal(host.engine.closeView(view), false);
    assert.equal((await get('/1.ts')).status, 404);
  });
});
