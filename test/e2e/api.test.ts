// The HTTP API of a real server with real publishers and players: every reply is what the document says.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { routes } from '../../src/api/routes.js';
import { startWithApi, type Clients, type Recordings, type Streams, type WithApi } from './support/api.js';
import { fixture, publishForEver } from './support/media.js';
import { start } from './support/process.js';
import { freePort, startWeir, temporaryFolder } from './support/servers.js';
import type { TestContext } from 'node:test';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, { schema: object }>> }>>;
}

/** A publisher, a player over RTMP and a viewer over HTTP, all of them at it. */
async function withAudience(context: TestContext, weir: WithApi): Promise<void> {
  publishForEver(context, fixture('h264-aac'), weir.url('s'));
  await weir.logged({ type: 'published' });
  start(context, 'ffmpeg', ['-v', 'error', '-i', weir.url('s'), '-c', 'copy', '-f', 'null', '-']);
  await weir.logged({ type: 'playing', protocol: 'rtmp' });
  start(context, 'curl', ['-sS', '-o', '/dev/null', `http://127.0.0.1:${String(weir.http)}/live/s.flv`]);
  await weir.logged({ type: 'playing', protocol: 'flv' });
}

/** One that is finished. */
async function withRecording(weir: WithApi, stream: number | undefined): Promise<Record<string, number | undefined>> {
  const path = `/api/v1/streams/${String(stream)}/recording`;
  await weir.json(path, { method: 'POST' });
  await weir.until<Recordings>('/api/v1/recordings', ({ recordings: [r] }) => (r?.bytes ?? 0) > 0);
  await weir.json(path, { method: 'DELETE' });
  const list = await weir.until<Recordings>('/api/v1/recordings', ({ recordings: [r] }) => r?.active === false);
  const id = list.recordings[0]?.id;
  return { '/api/v1/recordings/{id}': id, '/api/v1/recordings/{id}/file': id };
}

describe('HTTP API', { concurrency: 2 }, () => {
  test('every endpoint answers what the OpenAPI document says', async (context) => {
    const dvr = `dvr { dvr_path ${temporaryFolder(context)}; }`;
    const weir = await startWithApi(context, { vhost: dvr, vhosts: 'vhost other.example { }' });
    await withAudience(context, weir);
    const { streams } = await weir.until<Streams>(
      '/api/v1/streams',
      ({ streams: [s] }) => s?.clients === 3 && s.frames > 0,
    );
    const { clients } = await weir.until<Clients>('/api/v1/clients', ({ total }) => total === 3);
    const ids: Readonly<Record<string, number | undefined>> = {
      '/api/v1/streams/{id}': streams[0]?.id,
      '/api/v1/streams/{id}/recording': streams[0]?.id,
      ...(await withRecording(weir, streams[0]?.id)),
      '/api/v1/clients/{id}': clients.find(({ publish }) => !publish)?.id,
      '/api/v1/vhosts/{id}': ((await weir.json('/api/v1/vhosts'))['vhosts'] as { id: number }[])[1]?.id,
    };
    // A sample of the history is there.
    await weir.until<{ samples: unknown[] }>('/api/v1/history', ({ samples }) => samples.length > 0);
    const document = (await weir.json('/api/v1/openapi.json')) as unknown as Document;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.addSchema(document, 'api');
    let checked = 0;
    // The server takes no connection after that.
    const last = (path: string): number => (path === '/api/v1/drain' ? 1 : 0);
    for (const [path, operations] of Object.entries(document.paths).sort(([a], [b]) => last(a) - last(b))) {
      for (const [method, { responses }] of Object.entries(operations)) {
        const response = await weir.get(path.replace('{id}', String(ids[path])), { method: method.toUpperCase() });
        const content = responses[String(response.status)]?.content;
        assert.ok(content, `${method} ${path}: ${String(response.status)} is not documented`);
        assert.equal(response.status, 200, path);
        checked += 1;
        const [type = '', { schema } = { schema: {} }] = Object.entries(content)[0] ?? [];
        assert.ok(response.headers.get('content-type')?.startsWith(type.replace('*', '')), path);
        if (type !== 'application/json') continue;
        const fragment = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
        const body: unknown = await response.json();
        assert.ok(ajv.validate(fragment, body), `${method} ${path}: ${ajv.errorsText()}\n${JSON.stringify(body)}`);
      }
    }
    assert.equal(checked, routes.length);
  });

  test('streams and clients are what is published and played, and a kicked client is gone', async (context) => {
    const weir = await startWithApi(context);
    await withAudience(context, weir);
    const { streams, total } = await weir.until<Streams>(
      '/api/v1/streams',
      ({ streams: [s] }) => s?.clients === 3 && s.video?.width === 192 && s.send_bytes > 10_000,
    );
    const [stream] = streams;
    assert.ok(stream && total === 1);
    assert.deepEqual([stream.name, stream.app, stream.publish.active], ['s', 'live', true]);
    assert.deepEqual(stream.video, { codec: 'H264', width: 192, height: 108 });
    assert.deepEqual([stream.players['rtmp'], stream.players['flv']], [1, 1]);

    const page = (await weir.json('/api/v1/clients?start=1&count=1')) as unknown as Clients;
    assert.deepEqual([page.total, page.clients.length], [3, 1]);
    const flv = (await weir.json('/api/v1/clients?protocol=flv')) as unknown as Clients;
    assert.deepEqual([flv.total, flv.clients[0]?.type], [1, 'flv-play']);
    const publishers = (await weir.json('/api/v1/clients?role=publisher')) as unknown as Clients;
    assert.deepEqual(
      publishers.clients.map(({ id }) => id),
      [stream.publish.cid],
    );

    const rtmp = ((await weir.json('/api/v1/clients?protocol=rtmp&role=player')) as unknown as Clients).clients[0];
    assert.ok(rtmp);
    await weir.json(`/api/v1/clients/${String(rtmp.id)}`, { method: 'DELETE' });
    await weir.logged({ type: 'closed', conn: rtmp.id, reason: 'kicked' });
    await weir.until<Clients>('/api/v1/clients', (reply) => reply.total === 2);
    const gone = await weir.get(`/api/v1/clients/${String(rtmp.id)}`, { method: 'DELETE' });
    assert.equal(gone.status, 404);
  });

  test('what is not there is answered as SRS does', async (context) => {
    const weir = await startWithApi(context);
    const unknown = await weir.get('/api/v1/nothing?x=1');
    assert.equal(unknown.status, 404);
    const body = (await unknown.json()) as { code: number; data: Record<string, unknown> };
    assert.equal(body.code, 3011);
    assert.deepEqual([body.data['status_code'], body.data['url']], [404, '/api/v1/nothing']);
    const method = await weir.get('/api/v1/summaries', { method: 'DELETE' });
    assert.deepEqual([method.status, method.headers.get('allow')], [405, 'OPTIONS, GET, HEAD']);
    assert.equal((await weir.get('/api/v1/clients?count=x')).status, 400);
    assert.equal((await weir.get('/api/v1/clients?count=1001')).status, 400);
    assert.equal((await weir.get('/api/v1/clients/x')).status, 404);
    assert.equal((await weir.get('/api/v1/reload', { method: 'POST', body: 'x'.repeat(70_000) })).status, 413);
    const options = await weir.get('/api/v1/summaries', { method: 'OPTIONS' });
    assert.deepEqual([options.status, options.headers.get('access-control-allow-origin')], [200, '*']);
    const head = await weir.get('/api/v1/versions', { method: 'HEAD' });
    const full = await weir.get('/api/v1/versions/');
    assert.deepEqual([head.status, await head.text()], [200, '']);
    assert.equal(head.headers.get('content-length'), full.headers.get('content-length'));
  });

  test('reload applies what changed, tells what is wrong, and moves its own listener', async (context) => {
    const weir = await startWithApi(context);
    const file = join(weir.folder, 'weir.conf');
    const before = readFileSync(file, 'utf8');
    assert.equal((await weir.json('/api/v1/reload'))['data'], null);

    writeFileSync(file, before.replace('log console;', 'log console; chunk_size 4096;'));
    const reply = (await weir.json('/api/v1/reload', { method: 'POST' }))['data'] as Record<string, unknown>;
    assert.deepEqual([reply['ok'], reply['applied']], [true, ['chunk_size']]);
    assert.deepEqual((await weir.json('/api/v1/reload'))['data'], reply);

    writeFileSync(file, before.replace('log console;', 'log console; chunk_size x; gop_cahe on;'));
    const refused = await weir.get('/api/v1/reload', { method: 'POST' });
    assert.equal(refused.status, 409);
    const { data } = (await refused.json()) as { data: { message: string } };
    assert.match(data.message, /chunk_size[^]*gop_cahe/);

    const [old, other] = [new URL(weir.api).port, String(await freePort())];
    writeFileSync(file, before.replace(`127.0.0.1:${old}`, `127.0.0.1:${other}`));
    await weir.json('/api/v1/reload', { method: 'POST' });
    assert.equal((await fetch(`http://127.0.0.1:${other}/api/v1/versions`)).status, 200);
    const closed = new Promise((resolve) =>
      connect(Number(old), '127.0.0.1').on('close', resolve).on('error', resolve),
    );
    await closed;
  });

  test('a server with idle API connections ends at once', async (context) => {
    const weir = await startWithApi(context);
    const idle = connect(Number(new URL(weir.api).port), '127.0.0.1');
    context.after(() => idle.destroy());
    await new Promise<void>((resolve) => {
      idle.write('GET /api/v1/versions HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
      idle.once('data', () => resolve());
    });
    const closed = new Promise((resolve) => idle.once('close', resolve));
    const { status } = await weir.process.stop();
    await closed;
    assert.equal(status, 0);
  });
});

describe('who may call', { concurrency: 2 }, () => {
  const bearer = { Authorization: 'Bearer 0123456789abcdef' };
  const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

  test('with auth or token every call needs one of them', async (context) => {
    const weir = await startWithApi(context, { api: 'auth admin:long-password; token 0123456789abcdef;' });
    const status = async (headers: Record<string, string>) => (await weir.get('/api/v1/summaries', { headers })).status;
    assert.equal(await status({}), 401);
    assert.equal(await status(basic('admin:wrong-password')), 401);
    assert.equal(await status(basic('other:long-password')), 401);
    assert.equal(await status({ Authorization: 'Bearer 0123456789abcdee' }), 401);
    assert.equal(await status(basic('admin:long-password')), 200);
    assert.equal(await status(bearer), 200);
    assert.equal((await weir.get('/metrics')).status, 401);
    assert.equal((await weir.get('/api/v1/clients/1', { method: 'DELETE' })).status, 401);
    const configs = JSON.stringify(await weir.json('/api/v1/configs', { headers: bearer }));
    assert.ok(!configs.includes('long-password') && !configs.includes('0123456789abcdef'), configs);
  });

  test('pages of other origins may read, and write nothing but with a token', async (context) => {
    const weir = await startWithApi(context, { api: 'auth admin:long-password; token 0123456789abcdef;' });
    const kick = async (headers: Record<string, string>) =>
      (await weir.get('/api/v1/clients/1', { method: 'DELETE', headers })).status;
    const origin = { Origin: 'http://evil.example' };
    assert.equal(await kick({ ...basic('admin:long-password'), ...origin }), 403);
    assert.equal(await kick({ ...basic('admin:long-password'), Origin: weir.api }), 404);
    assert.equal(await kick({ ...bearer, ...origin }), 404);
  });

  test('without auth a name that was pointed at this machine is refused', async (context) => {
    const weir = await startWithApi(context);
    const socket = connect(Number(new URL(weir.api).port), '127.0.0.1');
    context.after(() => socket.destroy());
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(data.toString()));
      socket.write('GET /api/v1/clients HTTP/1.1\r\nHost: evil.example\r\n\r\n');
    });
    assert.match(answer, /^HTTP\/1\.1 403 /);
  });

  test('a server that others could control does not start, and says why', async (context) => {
    const port = String(await freePort());
    const global = `http_api { enabled on; listen 0.0.0.0:${port}; }`;
    await assert.rejects(startWeir(context, { global }), /auth USER:PASSWORD/);
  });
});
