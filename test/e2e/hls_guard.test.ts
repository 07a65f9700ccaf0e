// HLS that is guarded: an operator's back end is asked once for each viewer, before he gets anything; who must leave gets nothing
// more when his verdict has run out.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { backend, yes, type Answer } from './support/backend.js';
import { fixture, publishForEver } from './support/media.js';
import { succeed } from './support/process.js';
import { freePort, startWeir, type Weir } from './support/servers.js';
import { engine, transcode } from './support/transcodes.js';

interface Got {
  readonly status: number;
  readonly body: string;
}

/** Milliseconds: a reactor's clock is that of its last round. */
const clockStep = 100;

/** As a player asks, from an address of its own. */
function get(url: string, localAddress = '127.0.0.1'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { localAddress, agent: false }, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    asked.on('error', reject).end();
  });
}

const piecesOf = (list: string, url: string): string[] =>
  list
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((uri) => new URL(uri, url).href);

/** `grant`: milliseconds. */
async function guardedServer(context: TestContext, answer: Answer, grant: number, more = '') {
  const hooks = await backend(context, answer);
  const port = await freePort();
  const global = `http_server { enabled on; listen 127.0.0.1:${String(port)}; }`;
  const vhost = `http_hooks { enabled on; on_play ${hooks.url}/; }
hls { enabled on; hls_fragment 1; hls_window 8; hls_grant ${String(grant / 1000)}; }
${more}`;
  const weir = await startWeir(context, { global, vhost });
  publishForEver(context, fixture('h264-aac'), weir.url('s'));
  await weir.logged({ type: 'hls', stream: 's' });
  return { weir, hooks, url: `http://127.0.0.1:${String(port)}/live/s.m3u8` };
}

/** Follows a list as a player does, with pauses; every answer is told. */
async function follow(url: string, fragments: number, told: (got: Got) => void): Promise<void> {
  const seen = new Set<string>();
  while (seen.size < fragments) {
    const list = await get(url);
    told(list);
    for (const piece of piecesOf(list.body, url).filter((one) => !seen.has(one))) {
      seen.add(piece);
      told(await get(piece));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Denies everybody from now on. */
function denyAll(weir: Weir): void {
  const file = join(weir.folder, 'weir.conf');
  const rule = 'vhost __defaultVhost__ {\nsecurity { enabled on; deny play all; }';
  writeFileSync(file, readFileSync(file, 'utf8').replace('vhost __defaultVhost__ {', rule));
  weir.process.child.kill('SIGHUP');
}

describe('guarded HLS', { concurrency: true, timeout: 120_000 }, () => {
  test('is one question for each viewer, and no fragment for who was not asked for', async (context) => {
    const grant = 1000;
    const { weir, hooks, url } = await guardedServer(context, yes, grant);
    const answers: Got[] = [];
    // A player whose verdict runs out between any two requests never meets a refusal.
    await follow(`${url}?viewer=1`, 6, (got) => answers.push(got));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(hooks.received.length, 1, JSON.stringify([hooks.received, weir.process.output()]));
    const { body } = await get(`${url}?viewer=1`);
    const [piece = ''] = piecesOf(body, url);
    // Only fragments, which have no query, until one was asked for after the verdict's end.
    const listed = performance.now();
    for (let asked = listed; asked <= listed + grant + clockStep;) {
      asked = performance.now();
      assert.equal((await get(piecesOf(body, url).at(-1) ?? '')).status, 200);
    }
    assert.equal(hooks.received.length, 1, 'the question is about the viewer who is known');
    assert.equal((await get(piece, '127.0.0.2')).status, 403);
    assert.equal(hooks.received.length, 1);
    assert.equal((await get(`${url}?viewer=2`, '127.0.0.2')).status, 200);
    assert.equal((await get(piece, '127.0.0.2')).status, 200);
    assert.equal(hooks.received.length, 2);
    const played = ['-v', 'error', '-i', `${url}?viewer=3`, '-t', '2', '-f', 'null', '-'];
    assert.equal((await succeed(context, 'ffmpeg', played)).stderr, '');
    assert.deepEqual(
      hooks.received.map((call) => call.body['param']),
      ['?viewer=1', '?viewer=2', '?viewer=3'],
    );
  });

  test('lets who may watch a stream change to what was made of it', async (context) => {
    // ffmpeg plays the source from 127.0.0.1; viewers come from other addresses.
    const mayWatch: Answer = ({ body }, response) =>
      void response.end(body['ip'] === '127.0.0.1' || String(body['param']).startsWith('?viewer=') ? '0' : '1');
    const engines = transcode(engine('small'));
    const { weir, hooks, url } = await guardedServer(context, mayWatch, 30_000, engines);
    await weir.logged({ type: 'hls', stream: 's_small' });
    const index = url.replace(/\.m3u8$/, '/index.m3u8');
    assert.equal((await get(index, '127.0.0.2')).status, 403);
    let listed = await get(`${index}?viewer=3`, '127.0.0.3');
    for (const until = Date.now() + 60_000; listed.status !== 200 && Date.now() < until;)
      listed = await get(`${index}?viewer=3`, '127.0.0.3');
    const lists = piecesOf(listed.body, index);
    assert.deepEqual(
      lists.map((list) => new URL(list).pathname.replace(/-[0-9a-f]{32}/, '-TOKEN')),
      ['/live/s-TOKEN.m3u8', '/live/s_small-TOKEN.m3u8'],
    );
    for (const list of lists) {
      const { status, body } = await get(list, '127.0.0.3');
      assert.equal(status, 200, list);
      const [piece = ''] = piecesOf(body, list);
      assert.equal((await get(piece, '127.0.0.3')).status, 200, piece);
      // Neither is for who was refused, or was not asked for.
      for (const address of ['127.0.0.2', '127.0.0.4']) {
        assert.equal((await get(list, address)).status, 403);
        assert.equal((await get(piece, address)).status, 403);
      }
    }
    assert.equal(
      (await get(url.replace('/s.', '/s_small.'), '127.0.0.3')).status,
      403,
      'by its own name he is asked for',
    );
    assert.deepEqual(
      hooks.received
        .filter(({ body }) => body['ip'] === '127.0.0.3')
        .map(({ body }) => [body['stream'], body['param']]),
      [
        ['s', '?viewer=3'],
        ['s_small', ''],
      ],
    );
    const played = ['-v', 'error', '-i', `${index}?viewer=1`, '-map', '0:p:1:v', '-t', '2', '-f', 'null', '-'];
    assert.equal((await succeed(context, 'ffmpeg', played)).stderr, '');
  });

  test('gives nothing before the verdict, and nothing at a refusal', async (context) => {
    let decide = (): void => assert.fail('nobody asked');
    const { hooks, url } = await guardedServer(context, (_, response) => (decide = () => response.end('1')), 30_000);
    let isAnswered = false;
    const asked = get(url).then((got) => {
      isAnswered = true;
      return got;
    });
    await Promise.race([hooks.until(1), asked.then((got) => assert.fail(JSON.stringify(got)))]);
    assert.equal(isAnswered, false);
    decide();
    const { status, body } = await asked;
    assert.equal(status, 403);
    assert.doesNotMatch(body, /\.ts/);
    assert.equal((await get(url)).status, 403);
    assert.equal(hooks.received.length, 1, 'a refusal is kept, too');
  });

  test('ends for who must leave within hls_grant', async (context) => {
    const grant = 2000;
    const { weir, url } = await guardedServer(context, yes, grant);
    const first = await get(url);
    assert.equal(first.status, 200);
    const [piece = ''] = piecesOf(first.body, url);
    assert.equal((await get(piece)).status, 200);
    const seen = weir.process.output().length;
    denyAll(weir);
    await weir.process.lineFrom(seen, /"type":"reload"/);
    // Who goes on asking is let in by the verdict from before, and by that alone.
    const denied = performance.now();
    for (let status = 200; status === 200;) {
      const asked = performance.now();
      ({ status } = await get(url));
      assert.ok(status === 403 || asked <= denied + grant + clockStep, `${String(status)} after the verdict's end`);
    }
    const last = piecesOf(first.body, url).at(-1) ?? '';
    assert.notEqual((await get(last)).status, 200);
  });
});
