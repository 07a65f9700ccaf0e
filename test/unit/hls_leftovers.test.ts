// What an earlier run left below hls_path: what goes, what stays, and whose files are whose.
import assert from 'node:assert/strict';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { describe, test, type TestContext } from 'node:test';
import { findLeftovers, parseLeftover } from '../../src/hls/leftovers.js';
import { OldFiles } from '../../src/hls/old_files.js';
import { temporaryFolder } from '../e2e/support/servers.js';
import { listed, nameOf, pathOf, startOnDisk } from './support/hls_disk.js';
import { firstSequence as first, startTime } from './support/hls_running.js';

describe('what an earlier run left', () => {
  /** A run that ends without a farewell. */
  async function earlierRun(context: TestContext, folder: string): Promise<void> {
    const run = startOnDisk(context, '', folder);
    await run.publish();
    await run.write(7);
    await run.hls.stop();
    context.mock.timers.reset();
  }

  test('goes when it is published again and had its time; numbers go on', async (context) => {
    const folder = temporaryFolder(context);
    await earlierRun(context, folder);
    const { publish, write, wait, files, read, until, cuts, turn } = startOnDisk(
      context,
      '',
      folder,
      startTime + 30_000,
    );
    await publish();
    await write(1);
    const numbers = Array.from({ length: 7 }, (_, n) => n);
    assert.deepEqual(listed(read()), [nameOf(15)]);
    for (const n of numbers) assert.ok(read().includes(`weir keeps ${nameOf(n)}\n`));
    await turn(cuts.fragment());
    wait(19_000);
    await write(1);
    for (const n of numbers) assert.ok(files().includes(pathOf(n)));
    wait(2000);
    await until(() => numbers.every((n) => !files().includes(pathOf(n))), 'the old fragments');
    await write(1);
    assert.doesNotMatch(read(), /keeps/);
    assert.deepEqual(files(), [...[15, 16, 17, 18].map(pathOf), 'live/s.m3u8']);
  });

  test('kept fragments and temporary files go without it; the list stays', async (context) => {
    const folder = temporaryFolder(context);
    await earlierRun(context, folder);
    writeFileSync(join(folder, 'live', 's.m3u8.weir.tmp'), '');
    writeFileSync(join(folder, 'live', 's.m3u8.fragment.weir.tmp'), '');
    writeFileSync(join(folder, 'live', 'other.m3u8.tmp'), 'not ours');
    const { wait, files, until } = startOnDisk(context, '', folder);
    await until(() => files().filter((file) => file.includes('weir')).length === 0, 'the temporary files');
    await turnOfLoop();
    wait(25_000);
    await until(() => !files().includes(pathOf(1)), 'the kept ones');
    assert.deepEqual(files(), ['live/other.m3u8.tmp', ...[2, 3, 4, 5, 6].map(pathOf), 'live/s.m3u8']);
  });

  test('hls_dispose removes it, but not under another server that writes there', async (context) => {
    const folder = temporaryFolder(context);
    await earlierRun(context, folder);
    const oldFiles = new OldFiles();
    oldFiles.scan({ directory: folder, cleanup: true, dispose: 60_000 });
    await oldFiles.scanned(folder);
    const files = () => readdirSync(join(folder, 'live')).length;
    await oldFiles.sweep(Date.now() + 59_000);
    assert.equal(files(), 6, 'the kept ones are gone');

    const other = new OldFiles();
    other.scan({ directory: folder, cleanup: true, dispose: 60_000 });
    await other.scanned(folder);
    const playlist = join(folder, 'live', 's.m3u8');
    const { atime, mtime } = statSync(playlist);
    utimesSync(playlist, atime, new Date(mtime.getTime() + 2000));
    await other.sweep(Date.now() + 61_000);
    assert.equal(files(), 6);

    const last = new OldFiles();
    last.scan({ directory: folder, cleanup: false, dispose: 60_000 });
    await last.scanned(folder);
    await last.sweep(Date.now() + 61_000);
    assert.equal(files(), 0);
  });

  test('is ours only where it says so and lies where it says', async (context) => {
    const folder = temporaryFolder(context);
    await earlierRun(context, folder);
    const text = readFileSync(join(folder, 'live', 's.m3u8'), 'utf8');
    mkdirSync(join(folder, 'archive'));
    writeFileSync(join(folder, 'archive', 's.m3u8'), text);
    writeFileSync(join(folder, 'live', 'ffmpeg.m3u8'), text.replace(/^## .*\n/gm, ''));
    symlinkSync(join(folder, 'live'), join(folder, 'link'));
    const found = await findLeftovers(folder);
    assert.deepEqual(
      found.map(({ playlist }) => playlist),
      ['live/s.m3u8'],
    );
    const [{ listed: names, kept, lastSequence, length }] = found as [(typeof found)[number]];
    assert.deepEqual(names, [2, 3, 4, 5, 6].map(pathOf));
    assert.deepEqual(kept, [0, 1].map(pathOf));
    assert.deepEqual([lastSequence, length], [first + 6, 10_000]);
    rmSync(join(folder, 'link'));
  });

  test('names nothing outside of its directory', () => {
    const uris = ['../../etc/passwd', '/etc/passwd', '%2e%2e/%2e%2e/x.ts', 'http://h/x.ts', 'ok%20.ts', '%'];
    const text = `#EXTM3U\n## weir live/s.m3u8\n${uris.map((uri) => `#EXTINF:1,\n${uri}\n## weir keeps ${uri}\n`).join('')}`;
    const leftover = parseLeftover('live/s.m3u8', text, 0) ?? assert.fail();
    for (const paths of [leftover.listed, leftover.kept]) {
      assert.deepEqual(paths, ['live/http:/h/x.ts', 'live/ok .ts']);
    }
  });

  test('is told by names of any kind', () => {
    const playlist = 'a b/100% #?ü.m3u8';
    const text = `#EXTM3U\n## weir ${encodeURI(playlist)}\n#EXT-X-MEDIA-SEQUENCE:4\n#EXTINF:1.000,\n100%25%20%23%3F%C3%BC-4.ts\n`;
    assert.deepEqual(parseLeftover(playlist, text, 0)?.listed, ['a b/100% #?ü-4.ts']);
  });
});
