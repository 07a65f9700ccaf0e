// HLS on disks that fail: hls_on_error is followed, the log says what and where, and everybody else goes on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { HlsChecker } from '../../src/hls_check/checker.js';
import { startWithApi, type WithApi } from './support/api.js';
import { smallDisk } from './support/disks.js';
import { readFlv } from './support/engine.js';
import { videoOf } from './support/frames.js';
import { assertDecodes, fixture, publishForEver } from './support/media.js';
import { until } from './support/recordings.js';
import { player, type, type RtmpClient } from './support/rtmp_client.js';
import { temporaryFolder } from './support/servers.js';

const source = fixture('h264-aac');
const pictures = readFlv(source).filter(({ type: kind, payload }) => kind === type.video && payload[1] === 1);

const vhost = (name: string, folder: string, more = '') =>
  `vhost ${name} { hls { enabled on; hls_path ${folder}; hls_fragment 1; hls_window 20; ${more} } }`;

const appOf = (name: string): string => `live?vhost=${name}`;

/** A stream of a vhost, somebody who watches it over RTMP, and its list in memory and on disk. */
async function watched(context: TestContext, weir: WithApi, name: string, folder: string) {
  const publisher = publishForEver(context, source, weir.url('s', appOf(name)));
  await weir.logged({ type: 'published', vhost: name });
  const app = appOf(name);
  const { client } = await player(weir.port, 's', { app, tcUrl: `rtmp://127.0.0.1:${String(weir.port)}/${app}` });
  context.after(() => client.end());
  const file = join(folder, 'live/s.m3u8');
  const checker = new HlsChecker();
  /** Of the list on disk. */
  const onDisk = (): string => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text !== '') assert.deepEqual(checker.take(text).faults, [], text);
    return text;
  };
  const served = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${String(weir.http)}/live/s.m3u8?vhost=${name}`)).text();
  await until(() => fragmentsOf(onDisk()).length > 0);
  return { publisher, client, file, onDisk, served };
}

const fragmentsOf = (list: string): string[] => list.split('\n').filter((line) => /^[^#]/.test(line));

/** Until the list that is served has so many fragments more, none of them missing. */
async function untilServed({ served }: { served: () => Promise<string> }, more: number): Promise<void> {
  const last = fragmentsOf(await served()).at(-1) ?? '';
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const list = await served();
    assert.ok(!list.includes('EXT-X-GAP'), list);
    if (fragmentsOf(list).length - 1 - fragmentsOf(list).indexOf(last) >= more) return;
    assert.ok(Date.now() < end, `it goes on with ${list}`);
  }
}

/** All that was published since the player came, and nothing twice. */
function assertGapless(client: RtmpClient): void {
  const seen = videoOf(client).filter(({ payload }) => payload[1] === 1);
  assert.ok(seen.length > 50);
  const first = pictures.findIndex(({ payload }) => payload.equals(seen[0]!.payload));
  for (const [index, { payload }] of seen.entries()) {
    const wanted = pictures[(first + index) % pictures.length]!;
    assert.ok(wanted.payload.equals(payload), `picture ${String(index)} of ${String(seen.length)} is not the next one`);
  }
}

async function failuresOf(weir: WithApi): Promise<number> {
  return Number(/^weir_hls_failures_total (\d+)$/m.exec(await (await weir.get('/metrics')).text())?.[1]);
}

describe('HLS on disks that fail', { concurrency: 2 }, () => {
  test('one that is full: what hls_on_error says, until there is room again', async (context) => {
    const disk = smallDisk(context, '8m');
    if (!disk) return;
    const good = temporaryFolder(context);
    const folderOf = (name: string): string => join(disk.folder, name);
    const weir = await startWithApi(context, {
      vhost: 'republish_wait 0;',
      vhosts: [
        vhost('ignore', folderOf('ignore')),
        vhost('disconnect', folderOf('disconnect'), 'hls_on_error disconnect;'),
        vhost('continue', folderOf('continue'), 'hls_on_error continue;'),
        vhost('good', good),
      ].join('\n'),
    });
    const streamOf = (name: string) => watched(context, weir, name, folderOf(name));
    const [ignored, cut, goingOn, healthy] = await Promise.all([
      streamOf('ignore'),
      streamOf('disconnect'),
      streamOf('continue'),
      watched(context, weir, 'good', good),
    ]);
    assert.equal(await failuresOf(weir), 0);

    disk.fill();
    for (const name of ['ignore', 'disconnect', 'continue']) {
      const line = await weir.logged({ type: 'hls', vhost: name, reason: 'hls_write_failed' });
      assert.match(String(line['why']), /No space left on device|ENOSPC/);
      assert.equal(dirname(String(line['file'])), join(folderOf(name), 'live'));
      assert.ok(String(line['msg']).includes(String(line['file'])) && String(line['msg']).includes(name));
    }
    // Only one of them loses his publisher, and is told why.
    await weir.logged({ type: 'unpublished', vhost: 'disconnect' });
    await cut.publisher.ended;
    assert.notEqual(cut.publisher.child.exitCode, 0);
    const before = fragmentsOf(ignored.onDisk());
    const grown = fragmentsOf(healthy.onDisk()).length;
    await Promise.all([untilServed(ignored, 3), untilServed(goingOn, 3)]);
    await until(() => fragmentsOf(healthy.onDisk()).length > grown);
    assert.deepEqual(fragmentsOf(ignored.onDisk()), before);
    assert.ok((await failuresOf(weir)) >= 3);

    disk.free();
    await until(() => /#EXT-X-GAP\n.*\n(?:#.*\n)*#EXTINF:.*\n[^#]/.test(goingOn.onDisk()));
    assert.deepEqual(fragmentsOf(ignored.onDisk()), before, 'written again before the next publish');
    assertListedIsThere(goingOn.file);
    // Told once, however often it happened.
    const told = weir.process.output().match(/"reason":"hls_write_failed"/g);
    assert.equal(told?.length, 3);

    await ignored.publisher.stop('SIGINT');
    await weir.logged({ type: 'unpublished', vhost: 'ignore' });
    const again = publishForEver(context, source, weir.url('s', appOf('ignore')));
    // It is another list, which has nothing of the former one.
    await until(() => fragmentsOf(readFileSync(ignored.file, 'utf8')).every((name) => !before.includes(name)));
    assertListedIsThere(ignored.file);
    for (const { client } of [goingOn, healthy]) assertGapless(client);
    for (const { child } of [again, goingOn.publisher, healthy.publisher]) assert.equal(child.exitCode, null);
  });

  test('one that can be read only, and a folder that can not be made', async (context) => {
    const disk = smallDisk(context, '8m');
    if (!disk) return;
    const mounted = spawnSync('mount', ['-o', 'remount,ro', disk.folder], { encoding: 'utf8' });
    assert.equal(mounted.status, 0, mounted.stderr);
    const inTheWay = join(temporaryFolder(context), 'file');
    writeFileSync(inTheWay, '');
    const weir = await startWithApi(context, {
      vhosts: vhost('readonly', disk.folder, 'hls_on_error continue;') + vhost('way', inTheWay),
    });
    const published = ['readonly', 'way'].map((name) => publishForEver(context, source, weir.url('s', appOf(name))));
    const [readonly, way] = await Promise.all(
      ['readonly', 'way'].map((name) => weir.logged({ type: 'hls', vhost: name, reason: 'hls_write_failed' })),
    );
    assert.match(String(readonly?.['why']), /Read-only file system|EROFS/);
    assert.match(String(way?.['why']), /Not a directory|File exists|ENOTDIR|EEXIST/);
    for (const name of ['readonly', 'way']) {
      const list = `http://127.0.0.1:${String(weir.http)}/live/s.m3u8?vhost=${name}`;
      await untilServed({ served: async () => (await fetch(list)).text() }, 2);
    }
    for (const { child } of published) assert.equal(child.exitCode, null);
    // When the folder can be made it is, where HLS tries on.
    assert.equal(spawnSync('mount', ['-o', 'remount,rw', disk.folder]).status, 0);
    await until(() => existsSync(join(disk.folder, 'live/s.m3u8')));
    // The other one waits for the next publish.
    rmSync(inTheWay);
    mkdirSync(inTheWay);
    await published[1]!.stop('SIGINT');
    await weir.logged({ type: 'unpublished', vhost: 'way' });
    publishForEver(context, source, weir.url('s', appOf('way')));
    await until(() => existsSync(join(inTheWay, 'live/s.m3u8')));
  });
});

/** What a list on disk names, but for its gaps, is there and decodes. */
function assertListedIsThere(file: string): void {
  const list = readFileSync(file, 'utf8');
  const there = fragmentsOf(list.replace(/#EXT-X-GAP\n.*\n/g, ''));
  assert.ok(there.length > 0);
  for (const name of there) assertDecodes(join(dirname(file), name));
}
