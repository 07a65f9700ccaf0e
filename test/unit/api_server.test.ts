// The HTTP and WebSocket server of the API by itself: a subscriber that reads nothing is closed, an address in use is told.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { openCalls } from '../../src/api/calls.js';
import { serveHttp, type HttpHandlers, type TextSocket } from '../../src/api/uws.js';
import { LiveError } from '../../src/errors.js';
import { freePort, repository } from '../e2e/support/servers.js';

const handlers: HttpHandlers = {
  calls: openCalls(),
  answer: () => Promise.resolve({ status: 200, headers: {}, body: 'ok' }),
  socketPath: '/events',
  refuseUpgrade: () => undefined,
  opened: () => undefined,
  closed: () => undefined,
};

describe('the server of the API', () => {
  test('closes a subscriber that takes nothing more', async (context) => {
    const port = await freePort();
    let told = (): void => undefined;
    const closed = new Promise<void>((resolve) => (told = resolve));
    const opened = new Promise<TextSocket>((resolve) => {
      const server = serveHttp({ host: '127.0.0.1', port }, { ...handlers, opened: resolve, closed: () => told() });
      context.after(server.close);
    });
    const client = connect(port, '127.0.0.1');
    context.after(() => client.destroy());
    client.pause();
    const key = randomBytes(16).toString('base64');
    const upgrade = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`;
    client.write(`GET /events HTTP/1.1\r\nHost: h\r\n${upgrade}\r\n\r\n`);
    const socket = await opened;
    const text = 'x'.repeat(64 * 1024);
    let sent = 0;
    while (socket.send(text)) {
      sent += 1;
      assert.ok(sent < 1000, 'it takes 64 MB that nobody reads');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closed;
  });

  test('says what to do where the package has no build for this Node', () => {
    const script =
      "import('./dist/src/api/uws.js').then(({ serveHttp }) => serveHttp({ host: '127.0.0.1', port: 1 }, {}))";
    const env = { ...process.env, UWS_USE_FALLBACK: '1' };
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: repository, env, encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /api_unavailable/);
  });

  test('refuses a call that is one too many, and counts it', async (context) => {
    const port = await freePort();
    const calls = openCalls(2);
    let answer = (): void => undefined;
    const waits = new Promise<void>((resolve) => (answer = resolve));
    let asked = 0;
    let both = (): void => undefined;
    const bothAsked = new Promise<void>((resolve) => (both = resolve));
    const slow = async () => {
      if (++asked === 2) both();
      await waits;
      return { status: 200, headers: {}, body: 'ok' };
    };
    context.after(serveHttp({ host: '127.0.0.1', port }, { ...handlers, calls, answer: slow }).close);
    const statusOf = async () => (await fetch(`http://127.0.0.1:${String(port)}/`)).status;
    const first = [statusOf(), statusOf()];
    await bothAsked;
    assert.equal(await statusOf(), 503);
    assert.deepEqual([calls.open(), calls.refused()], [2, 1]);
    answer();
    assert.deepEqual(await Promise.all(first), [200, 200]);
    assert.equal(await statusOf(), 200);
  });

  test('says that an address is in use', async (context) => {
    const endpoint = { host: '127.0.0.1', port: await freePort() };
    const server = serveHttp(endpoint, handlers);
    context.after(server.close);
    assert.throws(
      () => serveHttp(endpoint, handlers),
      (error) => error instanceof LiveError && error.code === 'listen_failed',
    );
  });
});
