// Recordings at work: the API, hooks, reload, what goes wrong with disks, names of streams that mean something elsewhere.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Recordings, Streams } from './support/api.js';
import { backend, yes } from './support/backend.js';
import { smallDisk } from './support/disks.js';
import {
  assertDecodes,
  assertSameStream,
  fixture,
  framesOf,
  hashesOf,
  packetsOf,
  publishForEver,
} from './support/media.js';
import { readFlv, sendTags } from './support/engine.js';
import { filesAtTheEnd, filesBelow, recorder, sizeBelow, until } from './support/recordings.js';
import { publisher } from './support/rtmp_client.js';
import { startWeir, temporaryFolder } from './support/servers.js';

const source = fixture('h264-aac');
/** Pictures from one of its key frames to the next. */
const gop = 25;

describe('recordings at work', { concurrency: 2 }, () => {
  test('the API begins and ends them, lists them, gives and removes files', async (context) => {
    const weir = await recorder(context, 'dvr_apply nothing;');
    publishForEver(context, source, weir.url('s'));
    const { streams } = await weir.until<Streams>('/api/v1/streams', ({ streams: [s] }) => (s?.frames ?? 0) > 0);
    const path = `/api/v1/streams/${String(streams[0]?.id)}/recording`;
    assert.equal((await weir.get(path, { method: 'DELETE' })).status, 404);
    await weir.json(path, { method: 'POST' });
    assert.equal((await weir.get(path, { method: 'POST' })).status, 409);
    const during = await weir.until<Recordings>(
      '/api/v1/recordings',
      ({ recordings: [r] }) => (r?.bytes ?? 0) > 100_000,
    );
    const [running] = during.recordings;
    assert.ok(running?.active && during.total === 1 && running.name === 's');
    const one = `/api/v1/recordings/${String(running.id)}`;
    assert.equal((await weir.get(`${one}/file`)).status, 409);
    await weir.json(path, { method: 'DELETE' });
    await weir.until<Recordings>('/api/v1/recordings?stream=s', ({ recordings: [r] }) => r?.active === false);
    assert.equal(((await weir.json('/api/v1/recordings?stream=t')) as unknown as Recordings).total, 0);

    const bytes = readFileSync(running.file);
    const file = await weir.get(`${one}/file`);
    assert.equal(file.headers.get('content-type'), 'video/x-flv');
    assert.ok(Buffer.from(await file.arrayBuffer()).equals(bytes));
    const part = await weir.get(`${one}/file`, { headers: { range: 'bytes=13-99' } });
    assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 13-99/${String(bytes.length)}`]);
    assert.ok(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(13, 100)));
    assert.equal((await weir.get(`${one}/file`, { headers: { range: `bytes=${bytes.length}-` } })).status, 416);
    assertSameStream([...packetsOf(source), ...packetsOf(source)], packetsOf(running.file), { atLeast: 10 });

    await weir.json(one, { method: 'DELETE' });
    assert.deepEqual(filesBelow(weir.root), []);
    assert.equal((await weir.get(one)).status, 404);
  });

  test('a reload closes files properly and begins others; on_dvr is called for each', async (context) => {
    const hooks = await backend(context, yes);
    const vhost = `http_hooks { enabled on; on_dvr ${hooks.url}/dvr; }`;
    const weir = await recorder(context, '', { vhost });
    publishForEver(context, source, weir.url('s'));
    await until(() => sizeBelow(weir.root) > 50_000);
    const configuration = join(weir.folder, 'weir.conf');
    const text = readFileSync(configuration, 'utf8');
    writeFileSync(configuration, text.replace('.flv"', '.mp4"'));
    weir.process.child.kill('SIGHUP');
    await hooks.until(1);
    await until(
      () => filesBelow(weir.root).some((file) => file.endsWith('.mp4.tmp')) && sizeBelow(weir.root) > 100_000,
    );
    writeFileSync(configuration, text.replace('enabled on; dvr_path', 'enabled off; dvr_path'));
    weir.process.child.kill('SIGHUP');
    await hooks.until(2);
    const files = await filesAtTheEnd(weir);
    files.forEach((file) => assertDecodes(join(weir.root, file)));
    // The second file begins with the key frame before the end of the first one: nothing is missing between them.
    const [flv = '', mp4 = ''] = files.toSorted().map((file) => join(weir.root, file));
    const published = hashesOf(framesOf(source), 'video');
    const [end, begin] = [hashesOf(framesOf(flv), 'video').at(-1), hashesOf(framesOf(mp4), 'video')[0]];
    const [last, next] = [published.indexOf(end ?? ''), published.indexOf(begin ?? '')];
    assert.ok(last >= 0 && next >= 0 && next % gop === 0, `${String(last)}, ${String(next)}`);
    const twice = (last + 1 - next + published.length) % published.length;
    assert.ok(twice <= gop, `${String(twice)} frames stand in both`);
    assert.deepEqual(
      hooks.received.map(({ body }) => [body['action'], body['stream'], body['file']]),
      files.map((file) => ['on_dvr', 's', join(weir.root, file)]),
    );
  });

  test('a server that is told to stop finishes its files', async (context) => {
    const weir = await recorder(context);
    publishForEver(context, source, weir.url('s'));
    await until(() => sizeBelow(weir.root) > 100_000);
    assert.equal((await weir.process.stop()).status, 0);
    const [file = '', ...others] = filesBelow(weir.root);
    assert.match(file, /\.flv$/);
    assert.deepEqual(others, []);
    assertDecodes(join(weir.root, file));
    assert.ok(readFileSync(join(weir.root, file)).includes('filepositions'));
  });

  test('dvr_keep_size removes the oldest', async (context) => {
    const weir = await recorder(context, 'dvr_plan segment; dvr_duration 1; dvr_keep_size 1m;');
    publishForEver(context, fixture('h264-mp3'), weir.url('s'));
    const first = await weir.until<Recordings>('/api/v1/recordings', ({ recordings }) => recordings.length > 0);
    const oldest = first.recordings.at(-1)?.file ?? '';
    await until(() => statSync(oldest, { throwIfNoEntry: false }) === undefined);
    await until(() => sizeBelow(weir.root) > 0);
    assert.ok(sizeBelow(weir.root) < 3 << 20);
  });
});

async function assertFragments(url: string): Promise<void> {
  const list = await fetch(url);
  // Some browsers take a backslash for a slash: no path may have one.
  assert.equal(list.status, url.includes('%5C') ? 400 : 200, url);
  if (!list.ok) return;
  const uris = (await list.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  assert.ok(uris.length > 0, url);
  for (const uri of uris) {
    const fragment = Buffer.from(await (await fetch(new URL(uri, url))).arrayBuffer());
    assert.ok(fragment.length > 188 && fragment[0] === 0x47, `${url}: ${uri}`);
  }
}

describe('names of streams', () => {
  const tags = readFlv(source).slice(0, 60);
  const long = 'ü'.repeat(127);
  const names = ['; rm -rf x', '$(x)', 'two  spaces', long, `${long}x`, '\'"\\', '*[a]', '-rf', '.hidden', 'a/b'];

  test('are names of files, of fragments and in the log, whatever a shell would make of them', async (context) => {
    const hls = temporaryFolder(context);
    const weir = await recorder(context, '', {
      path: '/[app]/[stream].[timestamp].flv',
      vhost: `hls { enabled on; hls_path ${hls}; hls_fragment 1; }`,
    });
    for (const name of names) {
      const seen = weir.process.output().length;
      const session = await publisher(weir.port, name);
      sendTags(session, tags);
      // A publish of some milliseconds may be over before anybody thought of recording it.
      await until(() => filesBelow(weir.root).some((file) => file.endsWith('.tmp')));
      session.client.end();
      const line = JSON.parse(await weir.process.lineFrom(seen, /"type":"recorded"/)) as Record<string, unknown>;
      assert.equal(line['stream'], name);
      assertDecodes(String(line['file']));
      assert.ok(String(line['file']).startsWith(`${weir.root}/live/`));
      await assertFragments(
        `http://127.0.0.1:${String(weir.http)}/live/${name.split('/').map(encodeURIComponent).join('/')}.m3u8`,
      );
    }
    assert.equal(filesBelow(weir.root).length, names.length);
    assert.equal(filesBelow(hls).filter((file) => file.endsWith('.m3u8')).length, names.length);
    for (const file of filesBelow(hls)) assert.match(file, /^live\//);
    // A line is one event, whatever is in it.
    for (const line of weir.process.output().trim().split('\n')) assert.doesNotThrow(() => JSON.parse(line), line);
  });

  test('that leave their directory or have control characters are refused', async (context) => {
    const weir = await recorder(context);
    for (const name of ['../x', 'a/../x', 'line\nend', 'bell\u0007']) {
      await assert.rejects(publisher(weir.port, name), JSON.stringify(name));
    }
    assert.deepEqual(filesBelow(weir.root), []);
  });
});

describe('disks', { concurrency: 2 }, () => {
  test('one that is full ends its file with what it has, and harms no other recording', async (context) => {
    const disk = smallDisk(context, '300k');
    if (!disk) return;
    const full = disk.folder;
    const good = temporaryFolder(context);
    const weir = await startWeir(context, {
      vhost: `dvr { enabled on; dvr_path "${full}/[stream].[timestamp].flv"; }`,
      vhosts: `vhost good.example { dvr { enabled on; dvr_path "${good}/[stream].[timestamp].flv"; } }`,
    });
    publishForEver(context, source, weir.url('s'));
    publishForEver(context, source, weir.url('t', 'live?vhost=good.example'));
    const line = await weir.logged({ type: 'dvr', reason: 'dvr_write_failed', stream: 's' });
    assert.equal(line['why'], 'ENOSPC');
    const [file = '', ...others] = filesBelow(full).filter((name) => !name.endsWith('.tmp'));
    assert.deepEqual(others, []);
    assertDecodes(join(full, file));
    const size = sizeBelow(good);
    await until(() => sizeBelow(good) > size);
    // When there is room again it goes on.
    rmSync(join(full, file));
    await until(() => filesBelow(full).some((name) => name.endsWith('.tmp') && name !== `${file}.tmp`));
  });

  test('one that can not be written is told, and tried again', async (context) => {
    const root = join(temporaryFolder(context), 'not');
    // root may write everywhere: a file in the place of a directory stops everybody.
    writeFileSync(root, '');
    const weir = await recorder(context, '', { root });
    publishForEver(context, source, weir.url('s'));
    const line = await weir.logged({ type: 'dvr', reason: 'dvr_write_failed' });
    assert.match(String(line['why']), /EEXIST|ENOTDIR/);
    rmSync(root);
    mkdirSync(root);
    chmodSync(root, 0o755);
    await until(() => sizeBelow(root) > 0);
  });
});
