// Drain: nobody new, nobody cut before the time is over, and a second server on the same ports for those who come again.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { startWithApi, type WithApi } from './support/api.js';
import { backend, yes } from './support/backend.js';
import { nextPicture, Sender } from './support/frames.js';
import { run, start, type Running } from './support/process.js';
import { open } from './support/raw_http.js';
import { codeOf, player, publisher, type RtmpClient } from './support/rtmp_client.js';
import { mainFile } from './support/servers.js';
import { audience } from './support/watchers.js';

const extra = { capsEx: 1, fourCcList: ['*'] };
const reconnect = 'NetConnection.Connect.ReconnectRequest';

/** Of the same configuration, while the first one is there. */
async function secondServer(context: TestContext, { folder }: WithApi): Promise<Running> {
  const second = start(context, process.execPath, [mainFile, '-c', join(folder, 'weir.conf')], { seconds: 120 });
  await second.line(/"type":"listening","service":"api"/);
  await second.line(/"type":"listening","service":"rtmp"/);
  return second;
}

async function request(raw: Awaited<ReturnType<typeof open>>): Promise<string> {
  raw.socket.write('GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n');
  const [answer] = (await once(raw.socket, 'data')) as [Buffer];
  return answer.toString('latin1');
}

/** Calls by one connection that stays. */
function keptConnection(context: TestContext, base: string): (path: string) => Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  return async (path) => {
    const [response] = (await once(get(`${base}${path}`, { agent }), 'response')) as [IncomingMessage];
    return text(response);
  };
}

const wasAsked = ({ received }: RtmpClient): boolean => received.map(codeOf).includes(reconnect);

describe('drain', { concurrency: 2 }, () => {
  test('300 players and two publishers lose nothing; those who can go on to a second server', async (context) => {
    const weir = await startWithApi(context, { global: 'drain_wait 100;' });
    const watching = await audience(context, weir, 100, 5);
    const source = await publisher(weir.port, 't', { extra });
    const sender = new Sender(source);
    sender.headers();
    sender.pictures(0, 5);
    const able = await player(weir.port, 't', { extra });
    const unable = await player(weir.port, 't');
    const kept = await open(context, weir.http);
    assert.doesNotMatch(await request(kept), /^connection: close\r$/im);

    weir.process.child.kill('SIGQUIT');
    await Promise.all([source.client.nextStatus(reconnect), able.client.nextStatus(reconnect)]);
    assert.match(await request(kept), /^connection: close\r$/im);
    await kept.received;
    const second = await secondServer(context, weir);

    const again = await publisher(weir.port, 't', { extra });
    const next = new Sender(again);
    next.headers();
    const moved = await player(weir.port, 't', { extra });
    next.pictures(0, 10);
    await nextPicture(moved.client, 9);
    await second.line(/"type":"published".*"stream":"t"/);
    assert.ok(!wasAsked(again.client) && !wasAsked(moved.client));

    // The first one serves on.
    sender.pictures(5, 10);
    await nextPicture(unable.client, 9);
    await nextPicture(able.client, 9);
    assert.ok(!wasAsked(unable.client), 'who did not announce it is not asked');
    await watching.nothingLost();
    // Publishers are still there: the next signal does not wait for them.
    const { status, stdout } = await weir.process.stop('SIGQUIT');
    assert.equal(status, 0, stdout);
    assert.match(stdout, /"type":"draining","clients":30\d/);
    assert.match(stdout, /stopping on SIGQUIT/);
    assert.equal((await second.stop()).status, 0, 'its pid file is its own');
  });

  test('ends when the last one has gone', async (context) => {
    const weir = await startWithApi(context, { global: 'drain_wait 100;' });
    const { client } = await player(weir.port, 's', { extra });
    const kept = keptConnection(context, weir.api);
    assert.match(await kept('/api/v1/drain'), /"draining":false/);
    const server = ['--server', weir.api];
    const asked = await run(context, process.execPath, [mainFile, 'ctl', 'drain', ...server]);
    assert.match(asked.stdout, /^nobody new is taken; 1 still there, for 100 s at most\n$/);
    await client.nextStatus(reconnect);
    // By the connection that is there: nothing listens any more.
    const { data } = JSON.parse(await kept('/api/v1/drain')) as { data: object };
    assert.deepEqual({ ...data, left_ms: 0 }, { draining: true, clients: 1, wait_ms: 100_000, left_ms: 0 });
    assert.match(await kept('/metrics'), /^weir_draining 1$/m);
    client.end();
    const { status, stdout } = await weir.process.ended;
    assert.equal(status, 0, stdout);
    assert.match(stdout, /drained: all clients have gone/);
  });

  test('ends when the time is over; who is left is told, and so are hooks', async (context) => {
    const server = await backend(context, yes);
    const hooks = `http_hooks { enabled on; on_close ${server.url}/close; }`;
    const weir = await startWithApi(context, { global: 'drain_wait 1;', vhost: hooks });
    const { client } = await player(weir.port, 's');
    weir.process.child.kill('SIGQUIT');
    await client.nextStatus('NetConnection.Connect.AppShutdown');
    const { status, stdout } = await weir.process.ended;
    assert.equal(status, 0, stdout);
    assert.match(stdout, /drain_wait is over: 1 client left/);
    assert.ok(server.received.some(({ path }) => path === '/close'));
  });
});
