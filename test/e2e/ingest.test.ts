// Streams that are pulled from other servers and published here: what comes out is what the source has, and a source that is away,
// refuses or sends garbage is tried again and harms nobody.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { startWithApi } from './support/api.js';
import { fixture, packetsOf, playWithFfmpeg, publishForEver } from './support/media.js';
import { freePort, startNginx, startWeir } from './support/servers.js';

const source = fixture('h264-aac');
const known = new Set(packetsOf(source).map(({ hash }) => hash));
const pull = (url: string, more = '') =>
  `ingest camera { enabled on; input { type stream; url ${url}; } output live/pulled; ${more} }`;
const running = { type: 'ingest', ingest: 'camera', state: 'running' };

async function assertPlays(context: Parameters<typeof playWithFfmpeg>[0], url: string): Promise<void> {
  const got = await playWithFfmpeg(context, url, 2);
  assert.ok(got.length > 50, url);
  assert.deepEqual(
    got.filter(({ hash }) => !known.has(hash)),
    [],
    url,
  );
}

interface Ingests {
  readonly ingests: readonly { readonly state: string; readonly input: string; readonly name: string }[];
}

describe('a pull', { concurrency: 2 }, () => {
  test('from nginx-rtmp: the stream is published here like any other', async (context) => {
    const nginx = await startNginx(context);
    publishForEver(context, source, nginx.url('s'));
    const weir = await startWithApi(context, { vhost: pull(`${nginx.url('s')}?token=secret`) });
    const line = await weir.logged(running);
    assert.doesNotMatch(JSON.stringify(line), /secret/);
    await assertPlays(context, weir.url('pulled'));
    const { ingests } = (await weir.json('/api/v1/ingests')) as unknown as Ingests;
    assert.deepEqual([ingests[0]?.state, ingests[0]?.input, ingests[0]?.name], ['running', nginx.url('s'), 'pulled']);
    assert.match(await (await weir.get('/metrics')).text(), /^weir_ingests\{state="running"\} 1$/m);
  });

  test('from another weir, whose vhost and app are named as SRS does; it is away and comes back', async (context) => {
    const port = await freePort();
    const url = `rtmp://127.0.0.1:${String(port)}/a/b?vhost=v.example/s`;
    const weir = await startWithApi(context, { vhost: pull(url) });
    await weir.logged({ type: 'ingest', state: 'waiting', reason: 'connect_failed' });
    const far = { port, vhosts: 'vhost v.example { }' };
    const first = await startWeir(context, far);
    publishForEver(context, source, `rtmp://127.0.0.1:${String(port)}/a/b?vhost=v.example/s`);
    await first.logged({ type: 'playing', vhost: 'v.example', app: 'a/b', stream: 's' });
    await weir.logged(running);
    await assertPlays(context, weir.url('pulled'));
    const seen = weir.process.output().length;
    await first.process.stop('SIGKILL');
    await weir.process.lineFrom(seen, /"type":"ingest".*"state":"waiting"/);
    await startWeir(context, far);
    publishForEver(context, source, url);
    await weir.process.lineFrom(seen, /"type":"ingest".*"state":"running"/);
    await assertPlays(context, weir.url('pulled'));
  });

  test('a source that refuses is told of once, and taken when it has the stream', async (context) => {
    const far = await startWeir(context, { vhost: 'play_wait off;' });
    const weir = await startWithApi(context, { vhost: pull(far.url('s')) });
    const line = await weir.logged({ type: 'ingest', reason: 'target_refused' });
    assert.match(String(line['msg']), /StreamNotFound/);
    publishForEver(context, source, far.url('s'));
    await weir.logged(running);
    assert.equal(weir.process.output().match(/cannot ingest/g)?.length, 1);
  });

  test('a source that sends garbage is no source', async (context) => {
    const server = createServer((socket) =>
      socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const address = server.address();
    assert.ok(address && typeof address === 'object');
    const weir = await startWeir(context, { vhost: pull(`rtmp://127.0.0.1:${String(address.port)}/live/s`) });
    await weir.logged({ type: 'ingest', state: 'waiting', reason: 'handshake_version' });
  });

  test('of a stream into itself is refused, and so are two servers that pull from each other', async (context) => {
    const [a, b] = [await freePort(), await freePort()];
    const from = (port: number) => pull(`rtmp://127.0.0.1:${String(port)}/live/pulled`);
    const itself = await startWeir(context, { port: a, vhost: from(a) });
    await itself.logged({ type: 'ingest', state: 'failed', reason: 'forward_loop' });
    await itself.process.stop('SIGTERM');
    const first = await startWeir(context, { port: a, vhost: from(b) });
    const second = await startWeir(context, { port: b });
    await second.logged({ type: 'playing', stream: 'pulled' });
    const text = `listen 127.0.0.1:${String(b)};\npid ${join(second.folder, 'weir.pid')};\nlog console;\n`;
    writeFileSync(join(second.folder, 'weir.conf'), `${text}vhost __defaultVhost__ { ${from(a)} }`);
    second.process.child.kill('SIGHUP');
    await second.logged({ type: 'ingest', state: 'failed', reason: 'forward_loop' });
    await first.logged({ type: 'refused', asked: 'play', reason: 'forward_loop' });
  });

  test('a reload begins and ends what has changed and leaves the rest', async (context) => {
    const far = await startWeir(context);
    for (const name of ['a', 'b', 'c']) publishForEver(context, source, far.url(name));
    const ingest = (id: string, stream: string) =>
      `ingest ${id} { enabled on; input { type stream; url ${far.url(stream)}; } }`;
    const weir = await startWeir(context, { vhost: `${ingest('kept', 'a')} ${ingest('moved', 'b')}` });
    await Promise.all(['kept', 'moved'].map((stream) => weir.logged({ type: 'published', stream })));
    const seen = weir.process.output().length;
    const text = `listen 127.0.0.1:${String(weir.port)};\npid ${join(weir.folder, 'weir.pid')};\nlog console;\n`;
    const next = `${ingest('kept', 'a')} ${ingest('moved', 'c')}`;
    writeFileSync(join(weir.folder, 'weir.conf'), `${text}vhost __defaultVhost__ { ${next} }`);
    weir.process.child.kill('SIGHUP');
    await weir.process.lineFrom(seen, /"type":"unpublished".*"stream":"moved"/);
    await weir.process.lineFrom(seen, /"type":"published".*"stream":"moved"/);
    assert.doesNotMatch(weir.process.output().slice(seen), /"type":"unpublished".*"stream":"kept"/);
  });
});
