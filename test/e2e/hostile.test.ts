// What no honest client does, done to a server while 300 viewers watch: each attack is refused with its own status, is
// counted, and nobody who watches loses a byte.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { startWithApi, type WithApi } from './support/api.js';
import { frameOf, open, statusOf, upgradeOf } from './support/raw_http.js';
import { audience } from './support/watchers.js';

const times = 10;

/** Counters by their name and reason. */
async function counters(weir: WithApi): Promise<(name: string, reason: string) => number> {
  const text = await (await weir.get('/metrics')).text();
  return (name, reason) => {
    const line = text.split('\n').find((one) => one.startsWith(`${name}{`) && one.includes(`reason="${reason}"`));
    return Number(line?.split(' ').at(-1) ?? 0);
  };
}

async function untilCounted(weir: WithApi, name: string, reason: string, count: number): Promise<void> {
  for (const until = Date.now() + 60_000; ;) {
    const now = (await counters(weir))(name, reason);
    if (now >= count) return;
    assert.ok(Date.now() < until, `${name} ${reason} is ${String(now)}, not ${String(count)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const refused = 'weir_http_refusals_total';
const ended = 'weir_connections_ended_total';

interface Attack {
  readonly name: string;
  readonly reason: string;
  /** Of each of its connections. */
  readonly status: number;
  readonly bytes: string;
}

const head = 'HTTP/1.1\r\nHost: h\r\n';
const badPaths = ['/../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/a/..%2f..%2fetc', '/%00', '/a%5c..%5cb', '/%ff%fe'];
const attacks: readonly Attack[] = [
  ...badPaths.map((path) => ({
    ...{ name: `the path ${path}`, reason: 'http_path_invalid', status: 400, bytes: `GET ${path} ${head}\r\n` },
  })),
  ...[
    ['a request line of 9 KiB', 'http_line_too_long', 414, `GET /${'a'.repeat(9000)} ${head}\r\n`] as const,
    ['20 KiB of fields', 'http_head_too_large', 431, `GET / ${head}X: ${'a'.repeat(20_000)}\r\n\r\n`] as const,
    ['a hundred fields', 'http_head_too_large', 431, `GET / ${head}${'X: 1\r\n'.repeat(100)}\r\n`] as const,
    ['a body', 'http_body', 400, `GET / ${head}Content-Length: 5\r\n\r\nhello`] as const,
    ['a POST', 'http_method', 405, `POST / ${head}Content-Length: 0\r\n\r\n`] as const,
    ['HTTP/2', 'http_version', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'] as const,
    ['TLS', 'http_malformed', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'] as const,
    ['two Hosts', 'http_malformed', 400, `GET / ${head}Host: i\r\n\r\n`] as const,
    [
      'a WebSocket of version 8',
      'ws_upgrade_invalid',
      426,
      upgradeOf('/live/s.flv', { 'Sec-WebSocket-Version': '8' }),
    ] as const,
    [
      'a WebSocket with half a key',
      'ws_upgrade_invalid',
      400,
      upgradeOf('/live/s.flv', { 'Sec-WebSocket-Key': 'AAAA' }),
    ] as const,
  ].map(([name, reason, status, bytes]) => ({ name, reason, status, bytes })),
];

/** A hundred requests without reading an answer: the server sends until nobody takes any more. */
async function neverRead(context: TestContext, port: number, path: string): Promise<void> {
  const { socket } = await open(context, port);
  socket.pause();
  socket.write(`GET ${path} ${head}\r\n`.repeat(100));
}

/** A head that goes on byte by byte; resolves with the answer. */
async function slowLoris(context: TestContext, port: number): Promise<string> {
  const { socket, received } = await open(context, port);
  socket.write(`GET / ${head}X: `);
  const timer = setInterval(() => socket.write('a'), 500);
  return (await received.finally(() => clearInterval(timer))).toString('latin1');
}

/** A viewer over WebSocket who sends this once the stream has begun; the code that the server closes with. */
async function closedWith(context: TestContext, port: number, frames: readonly Buffer[]): Promise<number> {
  const { socket, received } = await open(context, port);
  socket.write(upgradeOf('/live/s.flv'));
  await new Promise((resolve) => socket.once('data', resolve));
  for (const frame of frames) socket.write(frame);
  const bytes = await received;
  // The last frame: 88, its length, the code.
  const at = bytes.lastIndexOf(0x88);
  return bytes.readUInt16BE(at + 2);
}

describe('hostile clients', () => {
  test('are refused and counted, each for what it does, while 300 viewers lose no byte', async (context) => {
    const weir = await startWithApi(context, { vhost: 'queue_length 60;' });
    const { http } = weir;
    const watching = await audience(context, weir, 100, 20);

    const page = await (await fetch(`http://127.0.0.1:${String(http)}/player.html`)).text();
    const asset = /\/?(assets\/[\w.-]+\.css)/.exec(page)?.[1] ?? assert.fail(page);
    const deaf = Array.from({ length: times }, () => neverRead(context, http, `/${asset}`));
    const loris = Array.from({ length: times }, () => slowLoris(context, http));
    await Promise.all(deaf);
    for (const { name, status, bytes } of attacks) {
      const statuses = await Promise.all(Array.from({ length: times }, () => statusOf(context, http, bytes)));
      assert.deepEqual(statuses, Array(times).fill(status), name);
    }
    const ping = frameOf(9, Buffer.from('ping'));
    const bad = { unmasked: frameOf(9, Buffer.from('x'), false), reserved: frameOf(0x43, Buffer.from('x')) };
    for (let i = 0; i < times; i++) {
      assert.equal(await closedWith(context, http, [bad.unmasked]), 1002);
      assert.equal(await closedWith(context, http, [bad.reserved]), 1002);
      assert.equal(await closedWith(context, http, Array<Buffer>(200).fill(ping)), 1008);
    }
    for (const answer of await Promise.all(loris)) assert.match(answer, /^HTTP\/1\.1 408 /);

    const expected = new Map<string, number>();
    for (const { reason } of attacks) expected.set(reason, (expected.get(reason) ?? 0) + times);
    for (const [reason, count] of expected) await untilCounted(weir, refused, reason, count);
    for (const reason of ['http_head_timeout', 'ws_not_masked', 'ws_malformed', 'ws_ping_flood', 'send_timeout']) {
      await untilCounted(weir, ended, reason, times);
    }
    const count = await counters(weir);
    for (const [reason, wanted] of expected) assert.equal(count(refused, reason), wanted, reason);
    assert.equal(count(ended, 'ws_not_masked'), times);

    await watching.nothingLost();
  });
});
