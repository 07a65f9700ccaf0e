// Hooks with the real server and real clients: who is asked when, what a refused client is told.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { parseConfig } from '../../src/config/load.js';
import { errorText } from '../../src/errors.js';
import { startHooks, type HookQuestion } from '../../src/hooks/start.js';
import type { Log } from '../../src/log.js';
import type { NativeEvent } from '../../src/native.js';
import { errorOf, roleOverRtmp } from './support/asking.js';
import { backend, yes, type Backend } from './support/backend.js';
import { fixture, publishWithFfmpeg } from './support/media.js';
import { connectRtmp, createStream, openConnection } from './support/rtmp_client.js';
import { freePort, startWeir, type Weir } from './support/servers.js';

const events = ['on_connect', 'on_publish', 'on_unpublish', 'on_play', 'on_stop', 'on_close'] as const;

interface Hooked extends Weir {
  readonly http: number;
}

async function hooked(
  context: TestContext,
  url: string,
  more = '',
  names: readonly string[] = events,
): Promise<Hooked> {
  const http = await freePort();
  const hooks = `http_hooks { enabled on; ${more} ${names.map((on) => `${on} ${url}/${on};`).join(' ')} }`;
  const global = `http_server { enabled on; listen 127.0.0.1:${String(http)}; }`;
  return { ...(await startWeir(context, { global, vhost: `republish_wait 0; ${hooks}` })), http };
}

const actions = ({ received }: Backend): unknown[] => received.map(({ body }) => body['action']);
const isOf = (action: string, stream?: string) => (body: Readonly<Record<string, unknown>>) =>
  body['action'] === action && (stream === undefined || body['stream'] === stream);

describe('hooks', { concurrency: 2 }, () => {
  test('are asked before Start and told at the end, in order, for RTMP and HTTP clients', async (context) => {
    const server = await backend(context, yes);
    const weir = await hooked(context, server.url);
    const publisher = await connectRtmp(weir.port);
    const id = await createStream(publisher);
    publisher.command('publish', [null, 's?key=1', 'live'], id);
    await publisher.nextStatus('NetStream.Publish.Start');
    assert.deepEqual(actions(server), ['on_connect', 'on_publish']);
    const [, publish] = server.received;
    assert.deepEqual([publish?.body['stream'], publish?.body['param']], ['s', '?key=1']);
    publisher.end();
    await server.until(4);
    assert.deepEqual(actions(server).slice(2), ['on_unpublish', 'on_close']);

    const fetching = await fetch(`http://127.0.0.1:${String(weir.http)}/live/s.flv?token=2`);
    await fetching.body?.cancel();
    await server.until(6);
    assert.deepEqual(actions(server).slice(4), ['on_play', 'on_stop']);
    assert.equal(server.received[4]?.body['param'], '?token=2');
  });

  for (const [event, code] of [
    ['on_connect', 'NetConnection.Connect.Rejected'],
    ['on_publish', 'NetStream.Publish.Denied'],
    ['on_play', 'NetStream.Play.Failed'],
  ] as const) {
    test(`that refuse at ${event} are heard by the client, with their reason`, async (context) => {
      const server = await backend(context, ({ body }, response) => {
        response.end(body['action'] === event ? '{"code":7,"message":"no credit"}' : '0');
      });
      const weir = await hooked(context, server.url);
      const action = event === 'on_play' ? 'play' : 'publish';
      const told = await roleOverRtmp(context, weir.port, { action, name: 's' });
      assert.deepEqual(errorOf(told), [code, `${errorText('hook_denied')}: no credit`]);
      await weir.logged({ type: 'refused', reason: 'hook_denied', message: 'no credit' });
      if (event !== 'on_play') return;
      const answer = await fetch(`http://127.0.0.1:${String(weir.http)}/live/s.flv`);
      assert.equal(answer.status, 403);
      assert.ok((await answer.text()).includes('no credit'));
    });
  }

  test('that can not be reached keep clients out, with the reason', async (context) => {
    const weir = await hooked(context, `http://127.0.0.1:${String(await freePort())}`, 'retries 0;');
    const told = await roleOverRtmp(context, weir.port, { action: 'play', name: 's' });
    assert.deepEqual(errorOf(told), ['NetConnection.Connect.Rejected', errorText('hook_failed')]);
  });

  test('that are slow keep 500 clients waiting, and nobody else', async (context) => {
    const held: ServerResponse[] = [];
    const server = await backend(context, ({ body }, response) => {
      if (body['app'] === 'slow') held.push(response);
      else response.end('0');
    });
    const weir = await hooked(context, server.url, 'timeout 20s;', ['on_connect']);
    const clients = await Promise.all(Array.from({ length: 500 }, () => openConnection(weir.port)));
    const asked = await Promise.all(
      clients.map(async (client) => {
        context.after(() => client.end());
        await client.shakeHands();
        const tcUrl = `rtmp://127.0.0.1:${String(weir.port)}/slow`;
        return { client, transaction: client.command('connect', [{ app: 'slow', tcUrl }]) };
      }),
    );
    await server.until(500);
    for (let i = 0; i < 20; i++) {
      const told = await roleOverRtmp(context, weir.port, { action: 'play', name: 's' });
      assert.equal(errorOf(told)[0], 'NetStream.Play.Start');
    }
    assert.ok(
      asked.every(({ client }) => client.received.length === 0),
      'all 500 still wait',
    );
    for (const response of held) response.end('0');
    const replies = await Promise.all(asked.map(({ client, transaction }) => client.nextReply(transaction)));
    assert.ok(replies.every(({ name }) => name === '_result'));
  });

  test('10000 on_close survive a server that is away, each once, in order', async (context) => {
    const port = await freePort();
    const { config } = parseConfig(
      `vhost v { http_hooks { enabled on; on_close http://127.0.0.1:${String(port)}/; } }`,
      'x.conf',
    );
    const [vhost] = config.vhost;
    assert.ok(vhost);
    const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} } as unknown as Log;
    const options = { serverId: 'vid-0000000', userAgent: 'weir', log: silent, viewerOf: () => '' };
    const hooks = startHooks({ ...options, vhost: () => vhost });
    context.after(() => hooks.stop(0));
    const count = 10_000;
    const facts = { ip: '192.0.2.1', vhost: 'v', app: 'live', stream: '', param: '', protocol: 'rtmp' };
    for (let conn = 1; conn <= count; conn++) {
      const question = { action: 'connect', conn, client: String(conn), ...facts } as unknown as HookQuestion;
      await hooks.check(question, vhost);
      hooks.handle({ type: 'closed', conn, bytesIn: 0, bytesOut: 0 } as unknown as NativeEvent);
    }
    assert.equal(hooks.stats().queue.waiting, count);
    // WEIR_SECONDS=30: for so long. Else until it was found to be away for the third time.
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(process.env['WEIR_SECONDS'] ?? 0)));
    while (hooks.stats().events.on_close.failed < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    const server = await backend(context, yes, port);
    await server.until(count);
    const ids = server.received.map(({ body }) => body['client_id']);
    assert.deepEqual(
      ids,
      Array.from({ length: count }, (_, i) => i + 1),
    );
    assert.equal(hooks.stats().queue.overflow, 0);
  });
});

describe('what is too much while it runs', { concurrency: 2 }, () => {
  test('max_bitrate closes a publisher who sends more, with the reason', async (context) => {
    const weir = await startWeir(context, { vhost: 'max_bitrate 20;' });
    publishWithFfmpeg(context, fixture('h264-aac'), weir.url('s'), [], ['-stream_loop', '-1']);
    await weir.logged({ type: 'unpublished', stream: 's', reason: 'bitrate_limit' });
    await weir.logged({ type: 'closed', reason: 'bitrate_limit' });
  });

  test('the seconds that a hook granted end a player, who is told so', async (context) => {
    const server = await backend(context, ({ body }, response) => {
      response.end(body['action'] === 'on_play' ? '{"code":0,"limits":{"seconds":1}}' : '0');
    });
    const weir = await hooked(context, server.url);
    const { client } = await roleOverRtmp(context, weir.port, { action: 'play', name: 's' });
    const told = await client.nextStatus('NetStream.Play.Failed');
    assert.ok(told);
    await weir.logged({ type: 'closed', reason: 'time_limit' });
    await server.first(isOf('on_close'));
  });
});
