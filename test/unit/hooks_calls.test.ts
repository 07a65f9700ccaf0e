// Hooks and real web servers: what decides, what only tells, and what happens when the server is slow, broken or away.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { parseConfig } from '../../src/config/load.js';
import { startHooks, type HookQuestion, type Hooks } from '../../src/hooks/start.js';
import type { Log } from '../../src/log.js';
import type { NativeEvent } from '../../src/native.js';
import { backend, yes, type Answer, type Backend } from '../e2e/support/backend.js';
import { freePort } from '../e2e/support/servers.js';

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} } as unknown as Log;

interface Setup {
  readonly hooks: Hooks;
  readonly ask: (question: Partial<HookQuestion>) => Promise<unknown>;
  readonly tell: (event: Partial<NativeEvent>) => void;
}

function startWith(context: TestContext, text: string): Setup {
  const { config } = parseConfig(`vhost v { http_hooks { enabled on; ${text} } }`, 'x.conf');
  const [vhost] = config.vhost;
  assert.ok(vhost);
  const hooks = startHooks({
    serverId: 'vid-0000000',
    userAgent: 'weir/test',
    log: silent,
    vhost: () => vhost,
    viewerOf: ({ ip }) => ip,
  });
  context.after(() => hooks.stop(0));
  const question = { conn: 1, ip: '192.0.2.1', vhost: 'v', app: 'live', stream: 's', param: '', protocol: 'rtmp' };
  const facts = { tcUrl: 'rtmp://v/live', pageUrl: '', swfUrl: '', flashVer: '' };
  const ask = async (more: Partial<HookQuestion>): Promise<unknown> => {
    const full = { ...question, ...facts, action: 'connect', client: String(more.conn ?? 1), ...more };
    return hooks.check(full as HookQuestion, vhost);
  };
  return { hooks, ask, tell: (event) => hooks.handle(event as NativeEvent) };
}

const denied = (message?: string) => ({ allow: false, reason: 'hook_denied', ...(message && { message }) });
const failed = { allow: false, reason: 'hook_failed' };

describe('a deciding hook', () => {
  test('is asked at every URL, in order, with its query', async (context) => {
    const { url, received } = await backend(context, yes);
    const { ask } = startWith(context, `on_publish ${url}/a?key=1 ${url}/b;`);
    assert.deepEqual(await ask({ action: 'publish' }), { allow: true });
    assert.deepEqual(
      received.map(({ path, body }) => [path, body['action']]),
      [
        ['/a?key=1', 'on_publish'],
        ['/b', 'on_publish'],
      ],
    );
  });

  test('stops at the first refusal', async (context) => {
    const { url, received } = await backend(context, (_, response) => response.end('{"code":5,"message":"no"}'));
    const { ask } = startWith(context, `on_play ${url}/a ${url}/b;`);
    assert.deepEqual(await ask({ action: 'play' }), denied('no'));
    assert.equal(received.length, 1);
  });

  const answers: readonly [name: string, answer: Answer, verdict: unknown, calls: number, patience?: string][] = [
    ['a chunked answer is read', (_, r) => (r.write('{"code"'), r.end(':0}')), { allow: true }, 1],
    [
      'an answer without a length is read',
      (_, r) => r.socket?.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0'),
      { allow: true },
      1,
    ],
    ['status 500 with 0 is no yes', (_, r) => r.writeHead(500).end('0'), failed, 2],
    ['an endless answer is cut off', (_, r) => r.end('0'.repeat(100_000)), failed, 2],
    ['a connection that is cut is a failure', (_, r) => r.socket?.destroy(), failed, 2],
    ['an answer that never comes is a failure', () => undefined, failed, 2, '300ms'],
  ];
  for (const [name, answer, verdict, calls, patience = '10s'] of answers) {
    test(name, async (context) => {
      const { url, received } = await backend(context, answer);
      const { ask } = startWith(context, `timeout ${patience}; retries 1; on_connect ${url}/;`);
      assert.deepEqual(await ask({}), verdict);
      assert.equal(received.length, calls);
      assert.equal(new Set(received.map(({ id }) => id)).size, 1, 'a repeated call is known by its id');
    });
  }

  test('that can not be reached denies, or allows if on_error says so', async (context) => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    assert.deepEqual(await startWith(context, `on_connect ${url};`).ask({}), failed);
    assert.deepEqual(await startWith(context, `on_error allow; on_connect ${url};`).ask({}), { allow: true });
  });

  test('in the style of nginx-rtmp gets a form and may rename', async (context) => {
    const { url, received } = await backend(context, (_, r) => r.writeHead(302, { location: 'public' }).end());
    const { ask } = startWith(context, `style nginx; on_publish ${url}/;`);
    assert.deepEqual(await ask({ action: 'publish', param: '?k=1' }), { allow: true, stream: 'public' });
    assert.deepEqual([received[0]?.body['name'], received[0]?.body['k']], ['s', '1']);
  });

  test('that is slow keeps nobody waiting but its own clients', async (context) => {
    const held: ServerResponse[] = [];
    const slow = await backend(context, ({ body }, response) => {
      if (body['app'] === 'slow') held.push(response);
      else response.end('0');
    });
    const { ask } = startWith(context, `on_connect ${slow.url}/;`);
    let answered = 0;
    const waiting = Array.from({ length: 500 }, async (_, i) => {
      await ask({ conn: 1000 + i, app: 'slow' });
      answered++;
    });
    await slow.until(500);
    const others = Array.from({ length: 50 }, (_, i) => ask({ conn: 5000 + i, app: 'fast' }));
    assert.ok((await Promise.all(others)).every((verdict) => (verdict as { allow: boolean }).allow));
    assert.equal(answered, 0, 'the 500 are still waiting');
    for (const response of held) response.end('0');
    await Promise.all(waiting);
  });
});

describe('hooks that tell', () => {
  const all = (url: string) =>
    ['on_connect', 'on_publish', 'on_unpublish', 'on_play', 'on_stop', 'on_close']
      .map((on) => `${on} ${url}/;`)
      .join('');
  const actions = ({ received }: Backend) => received.map(({ body }) => body['action']);

  test('come in order, with what earlier answers had set', async (context) => {
    const server = await backend(context, ({ body }, response) => {
      const set = body['action'] === 'on_publish' ? { code: 0, stream: 'public', vars: { user: '42' } } : { code: 0 };
      response.end(JSON.stringify(set));
    });
    const { ask, tell } = startWith(context, all(server.url));
    await ask({ stream: '' });
    await ask({ action: 'publish' });
    tell({ type: 'unpublished', conn: 1 });
    tell({ type: 'closed', conn: 1, bytesIn: 10, bytesOut: 20 });
    await server.until(4);
    assert.deepEqual(actions(server), ['on_connect', 'on_publish', 'on_unpublish', 'on_close']);
    const [, , unpublish, close] = server.received;
    assert.deepEqual([unpublish?.body['stream'], unpublish?.body['renamed']], ['s', 'public']);
    assert.deepEqual([unpublish?.body['vars'], close?.body['vars']], [{ user: '42' }, { user: '42' }]);
    assert.deepEqual([close?.body['recv_bytes'], close?.body['send_bytes']], [10, 20]);
  });

  test('say nothing of what was refused, and on_close of who had been let in', async (context) => {
    const server = await backend(context, ({ body }, response) => {
      response.end(body['action'] === 'on_play' ? '1' : '0');
    });
    const { ask, tell } = startWith(context, all(server.url));
    await ask({ stream: '' });
    await ask({ action: 'play' });
    tell({ type: 'closed', conn: 1, bytesIn: 0, bytesOut: 0 });
    await server.until(3);
    assert.deepEqual(actions(server), ['on_connect', 'on_play', 'on_close']);
  });

  test('tell of a client who left while he was asked about', async (context) => {
    const held: ServerResponse[] = [];
    const server = await backend(context, ({ body }, response) => {
      if (body['action'] === 'on_publish') held.push(response);
      else response.end('0');
    });
    const { ask, tell } = startWith(context, all(server.url));
    await ask({ stream: '' });
    const asking = ask({ action: 'publish' });
    await server.until(2);
    tell({ type: 'closed', conn: 1, bytesIn: 0, bytesOut: 0 });
    held[0]?.end('0');
    await asking;
    await server.until(4);
    assert.deepEqual(actions(server), ['on_connect', 'on_publish', 'on_unpublish', 'on_close']);
  });

  test('know a fragment by the client who publishes it', async (context) => {
    const server = await backend(context, (_, r) => r.end('{"code":0,"stream":"public"}'));
    const { ask, hooks } = startWith(context, `on_publish ${server.url}/; on_hls ${server.url}/;`);
    await ask({ action: 'publish' });
    const fragment = { duration: 9.36, file: 'f', url: 'u', m3u8: 'm', m3u8Url: 'mu', sequence: 3 };
    hooks.fragment({ vhost: 'v', app: 'live', stream: 'public', ...fragment });
    await server.until(2);
    const { body } = server.received[1] ?? assert.fail();
    assert.deepEqual([body['client_id'], body['stream'], body['seq_no']], [1, 's', 3]);
  });

  test('are more than the queue holds: those are dropped and counted', async (context) => {
    const { hooks, ask, tell } = startWith(context, `queue 5; on_close http://127.0.0.1:${await freePort()}/;`);
    for (let conn = 1; conn <= 8; conn++) {
      await ask({ conn, stream: '' });
      tell({ type: 'closed', conn, bytesIn: 0, bytesOut: 0 });
    }
    const { waiting, overflow } = hooks.stats().queue;
    assert.deepEqual([waiting, overflow], [5, 3]);
  });

  test('are given up one by one when the server answers with errors only', async (context) => {
    const server = await backend(context, ({ body }, response) => {
      response.writeHead(body['client_id'] === 1 ? 500 : 200).end('0');
    });
    const { ask, tell } = startWith(context, `on_close ${server.url}/;`);
    for (const conn of [1, 2]) {
      await ask({ conn, stream: '' });
      tell({ type: 'closed', conn, bytesIn: 0, bytesOut: 0 });
    }
    await server.until(6);
    assert.deepEqual(
      server.received.map(({ body }) => body['client_id']),
      [1, 1, 1, 1, 1, 2],
    );
  });
});
