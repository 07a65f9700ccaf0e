// HLS on disk, over real files: order, names, what happens when writing fails.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { mostWaiting } from '../../src/hls/stream_files.js';
import { HlsChecker } from '../../src/hls_check/checker.js';
import { temporaryFolder } from '../e2e/support/servers.js';
import { holdWrites, listed, nameOf, pathOf, startOnDisk } from './support/hls_disk.js';
import { ended, unpublished } from './support/hls_running.js';

describe('HLS on disk', () => {
  test('writes fragments, then the list that names them; nothing temporary stays', async (context) => {
    const { cuts, turn, publish, files, read, until, engine, folder, finished } = startOnDisk(context);
    await publish();
    await turn(cuts.fragment(), cuts.fragment());
    await until(() => listed(read()).length === 2, 'two fragments');
    assert.deepEqual(files(), [pathOf(0), pathOf(1), 'live/s.m3u8']);
    assert.equal(read(pathOf(1)), 'from 2100');
    assert.deepEqual(new HlsChecker().take(read()).faults, []);
    assert.ok(folder.length > 0 && engine.pieces.length === 2, 'and in memory');
    await until(() => engine.ranges.size === 0, 'the ranges');
    const { file, m3u8, url, m3u8Url } = finished[0] ?? assert.fail();
    assert.deepEqual([file, m3u8], [join(folder, pathOf(0)), join(folder, 'live/s.m3u8')]);
    assert.deepEqual([url, m3u8Url], [pathOf(0), 'live/s.m3u8']);
  });

  test('is served from the files where hls_storage is disk', async (context) => {
    const { engine, folder, publish, write, until } = startOnDisk(context, 'hls_storage disk;');
    await publish();
    await write();
    await until(() => engine.lists.length === 1, 'the list');
    assert.deepEqual(engine.objects.get(`__defaultVhost__/${pathOf(0)}`)?.body, { file: join(folder, pathOf(0)) });
    assert.deepEqual(listed(engine.list()), [nameOf(0)]);
  });

  test('never names a fragment before it is there', async (context) => {
    const { engine, cuts, turn, publish, read, until } = startOnDisk(context, 'hls_storage disk;');
    const go = holdWrites(engine, (content) => content !== 'from 100');
    await publish();
    await turn(cuts.fragment(), cuts.fragment());
    await until(() => engine.lists.length > 0 && read() !== '', 'the first');
    assert.deepEqual([listed(read()), listed(engine.list())], [[nameOf(0)], [nameOf(0)]]);
    go();
    await until(() => listed(engine.list()).length === 2, 'the second');
  });

  test('removes what left the list when nobody can be fetching it any more', async (context) => {
    const { publish, write, wait, files, until } = startOnDisk(context);
    await publish();
    await write(7);
    assert.equal(files().length, 8);
    wait(13_000);
    await until(() => !files().includes(pathOf(1)), 'the removal');
    assert.deepEqual(files(), [...[2, 3, 4, 5, 6].map(pathOf), 'live/s.m3u8']);
  });

  test('keeps everything with hls_cleanup off', async (context) => {
    const { publish, write, wait, files, hls } = startOnDisk(context, 'hls_cleanup off;');
    await publish();
    await write(7);
    wait(60_000);
    await hls.stop();
    assert.equal(files().length, 8);
  });

  test('hls_dispose removes all files of a stream that was left, and of no other', async (context) => {
    const { publish, write, wait, turn, files, until, folder, cuts } = startOnDisk(context, 'hls_dispose 30;');
    await publish();
    await write(7);
    writeFileSync(join(folder, 'live', 's-foreign.ts'), '');
    writeFileSync(join(folder, 'live', 's-1.ts'), '');
    await turn(cuts.fragment({ last: true }), unpublished, ended);
    await until(() => /ENDLIST/.test(readFileSync(join(folder, 'live/s.m3u8'), 'utf8')), 'the end');
    wait(29_000);
    assert.ok(files().includes('live/s.m3u8'));
    wait(2000);
    await until(() => !files().includes('live/s.m3u8'), 'the removal');
    await until(() => files().length === 2, 'the rest');
    assert.deepEqual(files(), ['live/s-1.ts', 'live/s-foreign.ts']);
  });

  test('a publisher who returns in time keeps them', async (context) => {
    const { publish, write, wait, turn, files, cuts, hls } = startOnDisk(context, 'hls_dispose 30;');
    await publish();
    await write(2);
    await turn(cuts.fragment({ last: true }), unpublished);
    wait(20_000);
    await publish();
    wait(20_000);
    await hls.stop();
    assert.ok(files().includes('live/s.m3u8'));
  });

  test('two streams of one name do not meet', async (context) => {
    const { publish, turn, cuts, files, until, logged } = startOnDisk(context, 'hls_m3u8_file [stream].m3u8;');
    await publish();
    await turn(cuts.fragment());
    const other = { vhost: '__defaultVhost__', app: 'other', stream: 's' };
    await turn({ type: 'published', conn: 9, ip: '', tcUrl: '', relayPath: '', ...other });
    await until(() => files().length === 2, 'the first');
    assert.equal(logged.filter(({ reason }) => reason === 'hls_name_taken').length, 1);
  });
});

describe('a disk that fails', () => {
  const noSpace = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));

  test('ignore: it is told once, files stop until the next publish, memory goes on', async (context) => {
    const { engine, publish, write, turn, cuts, logged, until, files, read, folder } = startOnDisk(context);
    await publish();
    await write(2);
    engine.breaksWith = noSpace;
    await turn(cuts.fragment(), cuts.fragment(), cuts.fragment());
    await until(() => engine.ranges.size === 0, 'the ranges');
    const told = logged.filter(({ level }) => level === 'error');
    assert.deepEqual(
      told.map(({ reason }) => reason),
      ['hls_write_failed'],
    );
    assert.ok(told[0]?.text.includes(join(folder, pathOf(2))) && told[0].text.includes('ENOSPC'));
    assert.equal(listed(engine.list()).length, 5, 'in memory nothing is missing');
    engine.breaksWith = undefined;
    await turn(cuts.fragment({ last: true }), unpublished);
    assert.deepEqual(files(), [pathOf(0), pathOf(1), 'live/s.m3u8']);
    await publish();
    await turn(cuts.fragment());
    await until(() => read().includes(nameOf(6)), 'the next publish');
    assert.deepEqual(listed(read()), [nameOf(6)]);
    assert.deepEqual(new HlsChecker().take(read()).faults, []);
  });

  test('continue: a gap, and on', async (context) => {
    const { engine, publish, write, turn, cuts, until, read, logged } = startOnDisk(context, 'hls_on_error continue;');
    await publish();
    await write(1);
    engine.breaksWith = noSpace;
    await turn(cuts.fragment(), cuts.fragment());
    await until(() => listed(read()).length === 3, 'the gaps');
    engine.breaksWith = undefined;
    await turn(cuts.fragment());
    await until(() => read().includes(nameOf(3)), 'the fragment after');
    assert.equal(read().match(/#EXT-X-GAP\n/g)?.length, 2);
    assert.ok(read().includes(`#EXT-X-GAP\n${nameOf(2)}\n`));
    assert.equal(logged.filter(({ level }) => level === 'error').length, 1);
  });

  test('disconnect: the publisher is closed', async (context) => {
    const { engine, publish, turn, cuts, until } = startOnDisk(context, 'hls_on_error disconnect;');
    engine.breaksWith = noSpace;
    await publish();
    await turn(cuts.fragment());
    await until(() => engine.kicked.length > 0, 'the publisher');
    assert.deepEqual(engine.kicked, [7]);
  });

  test('a path that can not be made is told as what it is', async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'live'), 'a file');
    const { publish, turn, cuts, until, logged, engine } = startOnDisk(context, '', folder);
    await publish();
    await turn(cuts.fragment());
    await until(() => logged.some(({ reason }) => reason === 'hls_write_failed'), 'the fault');
    assert.match(logged.find(({ level }) => level === 'error')?.text ?? '', /(EEXIST|ENOTDIR).*no more files of it/);
    assert.equal(engine.pieces.length, 1);
  });

  test('one that is slow holds so many fragments and no more', async (context) => {
    const { engine, publish, turn, cuts, until, read, logged } = startOnDisk(context);
    const go = holdWrites(engine);
    await publish();
    for (let n = 0; n < mostWaiting + 4; n += 1) {
      await turn(cuts.fragment());
      await turnOfLoop();
    }
    assert.ok(engine.ranges.size <= mostWaiting + 1, String(engine.ranges.size));
    assert.equal(logged.filter(({ reason }) => reason === 'hls_disk_slow').length, 1);
    go();
    await until(() => engine.ranges.size === 0 && /#EXT-X-GAP/.test(read()), 'the rest');
  });

  test('one that is slower than a fragment lives leaves none behind', async (context) => {
    const { engine, publish, turn, cuts, wait, files, until, hls } = startOnDisk(context);
    const go = holdWrites(engine);
    await publish();
    for (let n = 0; n < 7; n += 1) await turn(cuts.fragment());
    // The first two have had their time, and still wait for the disk.
    wait(13_000);
    go();
    await until(() => files().includes(pathOf(6)) && files().includes('live/s.m3u8'), 'the last one');
    await hls.stop();
    assert.deepEqual(files(), [...[2, 3, 4, 5, 6].map(pathOf), 'live/s.m3u8']);
  });

  test('makes room when memory is short: what lies on the disk is served from there', async (context) => {
    const { engine, publish, turn, cuts, write, until, folder } = startOnDisk(context);
    await publish();
    await write(4);
    await turn(cuts.fragment({ logBytes: Math.ceil(0.85 * 64 * 2 ** 20) + 350 }));
    await until(() => engine.pieces.length === 5, 'the pieces');
    const bodies = [0, 1, 2, 3].map((n) => engine.objects.get(`__defaultVhost__/${pathOf(n)}`)?.body);
    assert.deepEqual(
      bodies,
      [0, 1, 2, 3].map((n) => ({ file: join(folder, pathOf(n)) })),
    );
    assert.equal(listed(engine.list()).length, 5);
  });
});
