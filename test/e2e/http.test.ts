// Viewers over HTTP and WebSocket get what was published: the same packets as FLV, cleanly decodable as MPEG-TS.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import {
  assertDecodes,
  assertSameStream,
  fixture,
  fixtures,
  packetsOf,
  playWithFfmpeg,
  publishWithFfmpeg,
} from './support/media.js';
import { start, succeed } from './support/process.js';
import { freePort, startWeir, temporaryFolder, type Weir } from './support/servers.js';

interface WithHttp extends Weir {
  readonly http: number;
}

async function startWithHttp(
  context: TestContext,
  vhost = 'republish_wait 0; republish_end close;',
): Promise<WithHttp> {
  const http = await freePort();
  const global = `http_server { enabled on; listen 127.0.0.1:${String(http)}; }`;
  return { ...(await startWeir(context, { global, vhost })), http };
}

/** Everything that comes until the server closes. */
function exchange(port: number, request: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts)));
  });
}

async function statusOf(port: number, request: string): Promise<number> {
  const answer = (await exchange(port, request)).toString('latin1');
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}

/** The payloads of a server's binary frames, joined; it must end with a close frame. */
function joinFrames(bytes: Buffer): Buffer {
  const payloads: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1]! & 127;
    const [head, size] =
      short < 126
        ? [2, short]
        : short === 126
          ? [4, bytes.readUInt16BE(at + 2)]
          : [10, Number(bytes.readBigUInt64BE(at + 2))];
    const opcode = bytes[at]! & 15;
    assert.ok(opcode === 2 || at + head + size === bytes.length, 'only the last frame is no data');
    if (opcode === 2) payloads.push(bytes.subarray(at + head, at + head + size));
    else assert.equal(opcode, 8, 'the last frame is a close');
    at += head + size;
  }
  return Buffer.concat(payloads);
}

describe('HTTP viewers', { concurrency: 3 }, () => {
  for (const name of fixtures) {
    test(`${name} over HTTP-FLV is what was published`, async (context) => {
      const weir = await startWithHttp(context);
      const playing = playWithFfmpeg(context, `http://127.0.0.1:${String(weir.http)}/live/${name}.flv`, 3);
      await weir.logged({ type: 'playing', protocol: 'flv' });
      const publishing = publishWithFfmpeg(context, fixture(name), weir.url(name));
      assertSameStream(packetsOf(fixture(name)), await playing);
      await publishing.stop();
    });
  }

  for (const name of ['h264-aac', 'h264-mp3', 'audio-only', 'video-only'] as const) {
    test(`${name} over HTTP-TS decodes without a complaint`, async (context) => {
      const weir = await startWithHttp(context);
      const file = join(temporaryFolder(context), 'out.ts');
      const url = `http://127.0.0.1:${String(weir.http)}/live/${name}.ts`;
      const fetching = succeed(context, 'curl', ['-sS', '-o', file, url], { seconds: 40 });
      await weir.logged({ type: 'playing', protocol: 'ts' });
      assert.equal((await publishWithFfmpeg(context, fixture(name), weir.url(name)).ended).status, 0);
      await fetching;
      assertDecodes(file);
      const video = packetsOf(fixture(name)).filter(({ kind }) => kind === 'video').length;
      const got = packetsOf(file).filter(({ kind }) => kind === 'video').length;
      assert.equal(got, video, 'every frame is there');
    });
  }

  test('WebSocket-FLV is the same FLV in binary frames, ended by a close frame', async (context) => {
    const weir = await startWithHttp(context);
    const key = randomBytes(16).toString('base64');
    const upgrade = `Host: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`;
    const exchanged = exchange(weir.http, `GET /live/s.flv HTTP/1.1\r\n${upgrade}\r\n\r\n`);
    await weir.logged({ type: 'playing', protocol: 'ws-flv' });
    await publishWithFfmpeg(context, fixture('h264-aac'), weir.url('s')).ended;
    const answer = await exchanged;
    const end = answer.indexOf('\r\n\r\n') + 4;
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    assert.match(
      answer.subarray(0, end).toString(),
      new RegExp(`^HTTP/1.1 101 [^]*${accept.replace(/[+/]/g, '\\$&')}`),
    );
    const file = join(temporaryFolder(context), 'ws.flv');
    writeFileSync(file, joinFrames(answer.subarray(end)));
    assertDecodes(file);
    assertSameStream(packetsOf(fixture('h264-aac')), packetsOf(file), { atLeast: 200 });
  });

  test('GStreamer plays HTTP-FLV', async (context) => {
    const weir = await startWithHttp(context);
    const source = `location=http://127.0.0.1:${String(weir.http)}/live/g.flv`;
    const video = ['d.video', '!', 'queue', '!', 'decodebin', '!', 'fakesink'];
    const audio = ['d.audio', '!', 'queue', '!', 'decodebin', '!', 'fakesink'];
    const pipeline = ['souphttpsrc', source, '!', 'flvdemux', 'name=d', ...video, ...audio];
    const playing = start(context, 'gst-launch-1.0', ['-q', ...pipeline], { seconds: 40 });
    await weir.logged({ type: 'playing' });
    await publishWithFfmpeg(context, fixture('h264-aac'), weir.url('g')).ended;
    const { status, stderr } = await playing.ended;
    assert.equal(status, 0, stderr);
  });
});

describe('HTTP requests', { concurrency: 3 }, () => {
  test('are answered with the right status', async (context) => {
    const { http } = await startWithHttp(context, 'play_wait off;');
    const head = 'HTTP/1.1\r\nHost: h\r\n';
    assert.equal(await statusOf(http, `GET /live/nobody.flv ${head}\r\n`), 404);
    assert.equal(await statusOf(http, `GET /no/such/page.html ${head}\r\n`), 404);
    assert.equal(await statusOf(http, `POST /live/s.flv ${head}Content-Length: 0\r\n\r\n`), 405);
    assert.equal(await statusOf(http, `GET /live/../etc/passwd.flv ${head}\r\n`), 400);
    assert.equal(await statusOf(http, `GET /live/%2e%2e/x.flv ${head}\r\n`), 400);
    assert.equal(await statusOf(http, `GET /${'a'.repeat(9000)} ${head}\r\n`), 414);
    assert.equal(await statusOf(http, `GET / ${head}X: ${'a'.repeat(20_000)}\r\n\r\n`), 431);
    assert.equal(await statusOf(http, `GET / HTTP/1.1\r\n\r\n`), 400);
    assert.equal(await statusOf(http, `GET / HTTP/3.0\r\nHost: h\r\n\r\n`), 505);
    const upgrade =
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: a\r\n';
    assert.equal(await statusOf(http, `GET /live/s.flv ${head}${upgrade}\r\n`), 426);
  });

  test('OPTIONS tells browsers what they may do', async (context) => {
    const { http } = await startWithHttp(context);
    const answer = (
      await exchange(http, 'OPTIONS /live/s.flv HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
    ).toString();
    assert.match(answer, /^HTTP\/1\.1 204 /);
    assert.match(answer, /Access-Control-Allow-Methods: .*GET/);
  });

  test('the vhost comes from the host or from the query', async (context) => {
    const http = await freePort();
    const weir = await startWeir(context, {
      global: `http_server { enabled on; listen 127.0.0.1:${String(http)}; }`,
      vhosts: 'vhost other.example { play_wait off; }',
    });
    const other = 'GET /live/s.flv HTTP/1.1\r\nHost: other.example:80\r\n\r\n';
    assert.equal(await statusOf(http, other), 404);
    assert.equal(await statusOf(http, 'GET /live/s.flv?vhost=other.example HTTP/1.1\r\nHost: h\r\n\r\n'), 404);
    await weir.logged({ type: 'refused', reason: 'stream_not_found' });
  });
});
