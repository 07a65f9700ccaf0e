// The load generator's HLS viewers against a server that does, or does not, what it should: what they find is told.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { repository, temporaryFolder } from './support/servers.js';
import { start, succeed } from './support/process.js';

const generator = join(repository, 'build', 'Release', 'weir-load');
const players = 12;
const sampled = 4;
/** Listed two seconds after the first viewer came, so that everybody begins before it, and reached in good time. */
const harmed = 6;

/** One-second fragments of pictures and sound, as ffmpeg cuts them. */
async function makeFragments(context: TestContext): Promise<readonly Buffer[]> {
  const folder = temporaryFolder(context);
  const sources = ['testsrc2=size=160x120:rate=25:duration=14', 'sine=duration=14'].flatMap((s) => [
    ...['-f', 'lavfi', '-i', s],
  ]);
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '0', '-c:a', 'aac'];
  const output = ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', join(folder, 's.m3u8')];
  await succeed(context, 'ffmpeg', ['-loglevel', 'error', ...sources, ...codecs, ...output]);
  const count = readdirSync(folder).filter((name) => name.endsWith('.ts')).length;
  return Array.from({ length: count }, (_, i) => readFileSync(join(folder, `s${String(i)}.ts`)));
}

interface Live {
  readonly fragments: readonly Buffer[];
  /** May answer a request itself: true if it did. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** May change the playlist. */
  readonly edit?: (playlist: string, reloads: number) => string;
}

/** A live playlist: it begins with five fragments, and one more is there in each second. None is ever taken away. */
async function serve(context: TestContext, { fragments, before, edit }: Live): Promise<string> {
  let begun = 0;
  const reloads = new Map<unknown, number>();
  const server = createServer((request, response) => {
    if (before?.(request, response)) return;
    const number = /^\/s(\d+)\.ts$/.exec(request.url ?? '')?.[1];
    if (number !== undefined) {
      response.end(fragments[Number(number)]);
      return;
    }
    begun ||= Date.now();
    const seen = (reloads.get(request.socket) ?? 0) + 1;
    reloads.set(request.socket, seen);
    const length = Math.min(5 + Math.floor((Date.now() - begun) / 1000), fragments.length);
    const listed = Array.from({ length }, (_, i) => `#EXTINF:1.000,\ns${String(i)}.ts\n`).join('');
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n${listed}`;
    response.end(edit?.(playlist, seen) ?? playlist);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/s.m3u8`;
}

interface Result {
  readonly joined: number;
  readonly lost: number;
  readonly hls: { readonly fragments: number; readonly missed: number; readonly reconnects: number };
  readonly sample: {
    readonly frames: number;
    readonly corrupt: number;
    readonly gaps: number;
    readonly continuity: number;
  };
  readonly errors: Readonly<Record<string, number>>;
}

async function watch(context: TestContext, url: string): Promise<Result & { readonly status: number | null }> {
  const flags = { players, sample: sampled, ramp: 100, settle: 0, duration: 6, json: '-' };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout, status } = await start(context, generator, ['play', url, '--quiet', ...args]).ended;
  return { ...(JSON.parse(stdout) as Result), status };
}

describe('HLS viewers of weir-load', { concurrency: 4 }, () => {
  test('find nothing wrong with a live stream of whole fragments', async (context) => {
    const fragments = await makeFragments(context);
    const { errors, sample, hls, joined } = await watch(context, await serve(context, { fragments }));
    assert.deepEqual(errors, {});
    assert.equal(joined, players);
    assert.ok(hls.fragments >= 3 * players);
    assert.ok(sample.frames > 3 * 25 * sampled);
    const { corrupt, gaps, continuity } = sample;
    assert.deepEqual(
      { corrupt, gaps, continuity, missed: hls.missed },
      { corrupt: 0, gaps: 0, continuity: 0, missed: 0 },
    );
  });

  test('find a fragment that ends too early', async (context) => {
    const fragments = (await makeFragments(context)).map((bytes, i) =>
      i === harmed ? bytes.subarray(0, -100) : bytes,
    );
    const { errors, sample, status } = await watch(context, await serve(context, { fragments }));
    assert.equal(status, 1);
    assert.equal(sample.corrupt, sampled);
    assert.deepEqual(errors, { 'fragment: ts: ends within a packet': sampled });
  });

  test('find packets that are missing', async (context) => {
    const fragments = (await makeFragments(context)).map((bytes, i) =>
      i === harmed ? bytes.subarray(0, -188) : bytes,
    );
    const { sample, errors, status } = await watch(context, await serve(context, { fragments }));
    assert.equal(status, 1);
    assert.ok(sample.continuity + Object.keys(errors).length > 0);
  });

  test('go on behind a fragment that is not there, and count it', async (context) => {
    const fragments = await makeFragments(context);
    const before = (request: IncomingMessage, response: ServerResponse) => {
      if (request.url !== `/s${String(harmed)}.ts`) return false;
      response.writeHead(404).end();
      return true;
    };
    const { errors, hls, lost, status } = await watch(context, await serve(context, { fragments, before }));
    assert.equal(status, 1);
    assert.deepEqual(errors, { 'fragment refused: 404': players });
    assert.equal(hls.missed, players);
    assert.equal(lost, 0);
  });

  test('connect again when the server ends connections, announced or not', async (context) => {
    const fragments = await makeFragments(context);
    const before = (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === `/s${String(harmed - 1)}.ts`) response.setHeader('Connection', 'close');
      if (request.url === `/s${String(harmed)}.ts`) response.on('finish', () => request.socket.end());
      return false;
    };
    const { errors, hls, lost } = await watch(context, await serve(context, { fragments, before }));
    assert.deepEqual(errors, {});
    assert.ok(hls.reconnects >= 2 * players);
    assert.equal(lost, 0);
  });

  test('leave when the stream is over, and when its playlist runs backwards', async (context) => {
    const fragments = await makeFragments(context);
    const over = (playlist: string, seen: number) => (seen > 1 ? `${playlist}#EXT-X-ENDLIST\n` : playlist);
    const ended = await watch(context, await serve(context, { fragments, edit: over }));
    assert.deepEqual(ended.errors, { 'ended by the server': players });
    assert.equal(ended.lost, players);
    const back = (playlist: string, seen: number) => (seen > 1 ? playlist.split('#EXTINF')[0]! : playlist);
    const backwards = await watch(context, await serve(context, { fragments, edit: back }));
    assert.deepEqual(backwards.errors, { 'playlist: runs backwards': players });
  });

  test('are refused where there is nothing', async (context) => {
    const url = await serve(context, {
      fragments: [],
      before: (_, response) => Boolean(response.writeHead(404).end()),
    });
    const { errors, status } = await watch(context, url);
    assert.equal(status, 1);
    assert.deepEqual(errors, { 'refused: 404': players });
  });
});
