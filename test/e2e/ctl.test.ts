// `weir ctl` against a real server: what it prints in a pipe, and its exit codes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { WebSocket } from 'undici';
import { startWithApi, type Clients, type Streams, type WithApi } from './support/api.js';
import { fixture, publishForEver } from './support/media.js';
import { run, start, type Ended, type Running } from './support/process.js';
import { freePort, repository } from './support/servers.js';
import type { TestContext } from 'node:test';

const mainFile = join(repository, 'dist', 'src', 'main.js');

const ctl = (context: TestContext, server: string, ...args: string[]): Promise<Ended> =>
  run(context, process.execPath, [mainFile, 'ctl', '--server', server, ...args]);

const startCtl = (context: TestContext, server: string, ...args: string[]): Running =>
  start(context, process.execPath, [mainFile, 'ctl', '--server', server, ...args]);

async function withPlayer(context: TestContext, weir: WithApi): Promise<void> {
  publishForEver(context, fixture('h264-aac'), weir.url('s'));
  await weir.logged({ type: 'published' });
  start(context, 'ffmpeg', ['-v', 'error', '-i', weir.url('s'), '-c', 'copy', '-f', 'null', '-']);
  await weir.logged({ type: 'playing' });
  await weir.until<Streams>('/api/v1/streams', ({ streams: [s] }) => s?.clients === 2 && s.video?.width === 192);
}

describe('weir ctl', { concurrency: 2 }, () => {
  test('tells streams and clients, and kicks one', async (context) => {
    const weir = await startWithApi(context);
    await withPlayer(context, weir);
    const streams = await ctl(context, weir.api, 'streams');
    assert.equal(streams.status, 0, streams.stderr);
    assert.match(streams.stdout, /^VHOST +STREAM +CLIENTS/);
    assert.match(streams.stdout, /^__defaultVhost__ +live\/s +2 +\d+ +\d+ +H264 192x108 +AAC +0 +0:00:\d\d$/m);
    assert.ok(!streams.stdout.includes('\u001b'), 'no colours in a pipe');
    const status = await ctl(context, weir.api, 'status');
    assert.match(status.stdout, /^streams +1$/m);
    const top = await ctl(context, weir.api, 'top', '--count', '2', '--seconds', '0.1');
    assert.equal(top.stdout.match(/live\/s/g)?.length, 2);

    const { stdout } = await ctl(context, weir.api, 'clients', '--json', '--role', 'player');
    const { clients } = JSON.parse(stdout) as Clients;
    const id = String(clients[0]?.id);
    const kicked = await ctl(context, weir.api, 'kick', id);
    assert.deepEqual([kicked.status, kicked.stdout], [0, `client ${id} is closed\n`]);
    await weir.logged({ type: 'closed', reason: 'kicked' });
    const again = await ctl(context, weir.api, 'kick', id);
    assert.deepEqual([again.status, again.stderr], [1, 'weir: there is no such client\n']);
  });

  test('reloads, and shows the configuration without its secrets', async (context) => {
    const weir = await startWithApi(context, { api: 'auth admin:a-long-password;', headers: {} });
    const server = weir.api.replace('://', '://admin:a-long-password@');
    const reloaded = await ctl(context, server, 'reload');
    assert.deepEqual([reloaded.status, reloaded.stdout], [0, 'nothing has changed\n'], reloaded.stderr);
    const config = await ctl(context, server, 'config');
    assert.ok('listen' in (JSON.parse(config.stdout) as object));
    assert.ok(!config.stdout.includes('a-long-password'));
    const refused = await ctl(context, weir.api, 'status');
    assert.deepEqual([refused.status, refused.stderr], [1, 'weir: wrong or missing credentials\n']);
  });

  test('tells what went wrong by its exit code', async (context) => {
    const nobody = `http://127.0.0.1:${String(await freePort())}`;
    assert.equal((await ctl(context, nobody, 'status')).status, 3);
    assert.equal((await ctl(context, nobody, 'events')).status, 3);
    assert.equal((await ctl(context, nobody, 'stats')).status, 2);
    assert.equal((await ctl(context, nobody, 'kick')).status, 2);
    assert.equal((await ctl(context, nobody, 'kick', 'x')).status, 2);
    assert.equal((await ctl(context, 'ftp://x', 'status')).status, 2);
    assert.equal((await ctl(context, nobody, 'status', '--nothing')).status, 2);
  });
});

describe('events', { concurrency: 2 }, () => {
  test('come as they happen, and end with the server', async (context) => {
    const weir = await startWithApi(context);
    const events = startCtl(context, weir.api, 'events', '--json');
    // It listens when it hears of a reload.
    const reloads = setInterval(() => void weir.get('/api/v1/reload', { method: 'POST' }), 200);
    await events.line(/"type":"reloaded"/).finally(() => clearInterval(reloads));
    await withPlayer(context, weir);
    const published = JSON.parse(await events.line(/"type":"published"/)) as Record<string, unknown>;
    assert.deepEqual([published['app'], published['stream']], ['live', 's']);
    await events.line(/"type":"playing".*"protocol":"rtmp"/);
    const { clients } = (await weir.json('/api/v1/clients?role=player')) as unknown as Clients;
    await weir.json(`/api/v1/clients/${String(clients[0]?.id)}`, { method: 'DELETE' });
    await events.line(/"type":"closed".*"reason":"kicked"|"reason":"kicked".*"type":"closed"/);
    await weir.process.stop();
    assert.equal((await events.ended).status, 3);
  });

  test('need the same credentials, and are not for pages of other origins', async (context) => {
    const weir = await startWithApi(context, { api: 'token 0123456789abcdef;' });
    const url = `${weir.api.replace('http', 'ws')}/api/v1/events`;
    const outcome = (headers: Record<string, string>): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, { headers });
        context.after(() => socket.close());
        socket.addEventListener('open', () => resolve('open'));
        socket.addEventListener('error', () => resolve('refused'));
      });
    const authorization = 'Bearer 0123456789abcdef';
    assert.equal(await outcome({}), 'refused');
    assert.equal(await outcome({ authorization }), 'open');
    assert.equal(await outcome({ authorization, origin: 'http://evil.example' }), 'refused');
  });
});
