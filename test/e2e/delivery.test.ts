// What a whole server delivers over HTTP beside streams: its pages, a directory, the list of what is live; and tracks by
// themselves.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { TsChecker } from '../../src/ts_info/check.js';
import {
  assertDecodes,
  fixture,
  framesOf,
  packetsOf,
  publishForEver,
  publishWithFfmpeg,
  type Packet,
} from './support/media.js';
import { succeed } from './support/process.js';
import { freePort, startWeir, temporaryFolder, type Weir } from './support/servers.js';

interface Delivering extends Weir {
  readonly http: string;
}

async function startDelivering(context: TestContext, directives = '', vhost = ''): Promise<Delivering> {
  const port = await freePort();
  const global = `http_server { enabled on; listen 127.0.0.1:${String(port)}; ${directives} }`;
  return { ...(await startWeir(context, { global, vhost })), http: `http://127.0.0.1:${String(port)}` };
}

/** Asks until the answer is as it should be. */
async function untilGot(url: string, holds: (body: string, status: number) => boolean): Promise<string> {
  for (const until = Date.now() + 30_000; ;) {
    const response = await fetch(url);
    const body = await response.text();
    if (holds(body, response.status)) return body;
    if (Date.now() > until) throw new Error(`${url} has ${String(response.status)} ${body.slice(0, 200)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('delivery', { concurrency: 3 }, () => {
  test('has the home page, which a directory can replace', async (context) => {
    const folder = temporaryFolder(context);
    const { http } = await startDelivering(context, `dir ${folder};`);
    const home = await fetch(`${http}/`);
    assert.equal(home.status, 200);
    assert.match(home.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await home.text(), /weir/);
    writeFileSync(join(folder, 'index.html'), 'a page of my own');
    await untilGot(`${http}/`, (body) => body === 'a page of my own');
    assert.equal((await fetch(`${http}/player.html`)).status, 200, 'the others are still there');
  });

  test('serves a directory as ffmpeg and curl want it', async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'vod'));
    const movie = join(folder, 'vod', 'movie.mp4');
    await succeed(context, 'ffmpeg', ['-v', 'error', '-i', fixture('h264-aac'), '-c', 'copy', movie]);
    const { http } = await startDelivering(context, `dir ${folder};`);
    const url = `${http}/vod/movie.mp4`;
    await untilGot(url, (_, status) => status === 200);
    // An MP4 whose index lies at its end: the player seeks by ranges.
    assert.deepEqual(packetsOf(url), packetsOf(movie));
    const copy = join(temporaryFolder(context), 'copy.mp4');
    await succeed(context, 'curl', ['-sS', '-o', copy, url]);
    assert.ok(readFileSync(copy).equals(readFileSync(movie)));
    const tag = (await fetch(url, { method: 'HEAD' })).headers.get('etag') ?? '';
    assert.equal((await fetch(url, { headers: { 'If-None-Match': tag } })).status, 304);
    assert.equal((await fetch(`${http}/vod/%2e%2e/%2e%2e/etc/passwd`)).status, 404, 'fetch resolves the dots itself');
  });

  test('lists what is live, when that is asked for', async (context) => {
    const weir = await startDelivering(context, 'stream_list on;', 'republish_wait 0; republish_end close;');
    assert.equal(await untilGot(`${weir.http}/streams.json`, (_, status) => status === 200), '{"streams":[]}');
    const publishing = publishForEver(context, fixture('h264-aac'), weir.url('s'));
    const listed = await untilGot(
      `${weir.http}/streams.json`,
      (body) => body.includes('"H264"') && !body.includes('"kbps":0'),
    );
    const { streams } = JSON.parse(listed) as { streams: Record<string, unknown>[] };
    assert.equal(streams.length, 1);
    const { app, stream, audioCodec, protocols } = streams[0] ?? {};
    assert.deepEqual([app, stream, audioCodec], ['live', 's', 'AAC']);
    assert.deepEqual(protocols, ['flv', 'ws-flv', 'ts']);
    await publishing.stop();
    await untilGot(`${weir.http}/streams.json`, (body) => body === '{"streams":[]}');
  });

  test('does not list it otherwise', async (context) => {
    const { http } = await startDelivering(context);
    assert.equal((await fetch(`${http}/streams.json`)).status, 404);
  });

  for (const [query, kind] of [
    ['onlyAudio=1', 'audio'],
    ['onlyVideo=1', 'video'],
  ] as const) {
    test(`?${query} is FLV and MPEG-TS of the ${kind} alone`, async (context) => {
      const weir = await startDelivering(context, '', 'republish_wait 0; republish_end close;');
      const folder = temporaryFolder(context);
      const fetching = ['flv', 'ts'].map((ending) =>
        succeed(
          context,
          'curl',
          ['-sS', '-o', join(folder, `out.${ending}`), `${weir.http}/live/s.${ending}?${query}`],
          {
            seconds: 40,
          },
        ),
      );
      for (const protocol of ['flv', 'ts']) await weir.logged({ type: 'playing', protocol });
      await publishWithFfmpeg(context, fixture('h264-aac'), weir.url('s')).ended;
      await Promise.all(fetching);
      const ofKind = (packets: readonly Packet[]) => packets.filter((packet) => packet.kind === kind);
      const hashes = (packets: readonly Packet[]) => packets.map(({ hash }) => hash);
      const [flv, ts] = ['flv', 'ts'].map((ending) => join(folder, `out.${ending}`)) as [string, string];
      assert.deepEqual(hashes(packetsOf(flv)), hashes(ofKind(packetsOf(fixture('h264-aac')))));
      // Packets of MPEG-TS are framed otherwise.
      assert.deepEqual(hashes(framesOf(ts)), hashes(ofKind(framesOf(fixture('h264-aac')))));
      assertDecodes(ts);
      const checker = new TsChecker();
      checker.push(readFileSync(ts));
      assert.deepEqual(checker.report().faults, []);
    });
  }
});
